import { invalid } from "../../base/errors.ts";
import type { Catalogue } from "./accept.ts";
import { type Aggregate, type Series, type SeriesQuery, TooManyPoints } from "./contract.ts";

export type Value = number | string;

/** Throws Problem "invalid" for a query that no store can answer. */
export function checkQuery(query: SeriesQuery, catalogue: Catalogue): void {
  const definition = Object.hasOwn(catalogue, query.measurement) ? catalogue[query.measurement] : undefined;
  if (!definition) throw invalid(`measurement "${query.measurement.slice(0, 64)}" is not in the catalogue`);
  const field = Object.hasOwn(definition.fields, query.field) ? definition.fields[query.field] : undefined;
  if (!field) throw invalid(`${query.measurement} has no field "${query.field.slice(0, 64)}"`);
  for (const tag of query.by ?? [])
    if (!Object.hasOwn(definition.tags, tag)) throw invalid(`${query.measurement} has no tag "${tag.slice(0, 64)}"`);
  if (query.everyMs === undefined) return;
  if (!Number.isSafeInteger(query.everyMs) || query.everyMs < 1) throw invalid("every: whole milliseconds from 1 up");
  if (query.fn === undefined) throw invalid("buckets need a function");
  if (field.type === "text" && query.fn !== "last" && query.fn !== "count")
    throw invalid(`${query.field} is text: only last and count are possible`);
}

/** What one stored series holds of the field in the query's time, in order of time. */
export interface RawSeries {
  device: string;
  tags: Record<string, string>;
  points: readonly [at: number, value: Value][];
}

/** The answer to a checked query from what is stored. Both backends come through here.
 *  Throws TooManyPoints. */
export function aggregate(query: SeriesQuery, raw: Iterable<RawSeries>): Series[] {
  const { everyMs, fn } = query;
  if (everyMs === undefined || fn === undefined) return pooled(query, raw);
  const groups = groupsOf<Map<number, Tally>>(query);
  for (const series of raw) {
    const tallies = tally(series.points, everyMs);
    const group = groups.of(series, () => new Map());
    for (const [start, one] of tallies) {
      const other = group.get(start);
      group.set(start, other ? merge(other, one) : one);
    }
  }
  const answer = groups.all().map(({ device, tags, held }) => {
    const points: Series["points"] = [];
    for (const [start, one] of held) {
      const value = read(one, fn);
      if (value !== null) points.push([start, value]);
    }
    return { device, tags, points: points.sort(byTime) };
  });
  return bounded(query, answer);
}

function pooled(query: SeriesQuery, raw: Iterable<RawSeries>): Series[] {
  const groups = groupsOf<{ points: Series["points"]; mixed: boolean }>(query);
  let total = 0;
  for (const series of raw) {
    total += series.points.length;
    if (total > query.limit) throw tooMany(query);
    const group = groups.of(series, () => ({ points: [], mixed: false }));
    group.mixed = group.points.length > 0;
    for (const [at, value] of series.points) group.points.push([at, value]);
  }
  const answer = groups.all().map(({ device, tags, held }) => {
    return { device, tags, points: held.mixed ? held.points.sort(byTime) : held.points };
  });
  return bounded(query, answer);
}

/** Puts series in order, leaves out empty ones, and holds the limit. */
export function bounded(query: SeriesQuery, answer: Series[]): Series[] {
  const filled = answer.filter((series) => series.points.length > 0);
  if (filled.reduce((sum, series) => sum + series.points.length, 0) > query.limit) throw tooMany(query);
  return filled
    .map((series) => ({ series, key: keyOf(series.device, series.tags) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ series }) => series);
}

export const tooMany = (query: SeriesQuery): TooManyPoints =>
  new TooManyPoints(`more than ${query.limit} points: ask for less time, fewer devices or wider buckets`);

/** Identity of a series within a measurement, whatever order its tags came in. */
export const keyOf = (device: string, tags: Record<string, string>): string =>
  JSON.stringify([
    device,
    ...Object.keys(tags)
      .sort()
      .map((key) => [key, tags[key]]),
  ]);

const byTime = (a: readonly [number, Value], b: readonly [number, Value]): number =>
  a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);

function groupsOf<T>(query: SeriesQuery) {
  const groups = new Map<string, { device: string; tags: Record<string, string>; held: T }>();
  return {
    of({ device, tags }: RawSeries, fresh: () => T): T {
      const kept = query.by ? Object.fromEntries(query.by.map((key) => [key, tags[key] ?? ""])) : tags;
      const key = keyOf(device, kept);
      const group = groups.get(key) ?? { device, tags: kept, held: fresh() };
      groups.set(key, group);
      return group.held;
    },
    all: () => [...groups.values()],
  };
}

interface Tally {
  count: number;
  sum: number;
  min: number;
  max: number;
  last: Value;
  lastAt: number;
  /** null: no pair of points ends here. */
  increase: number | null;
  rate: number | null;
}

interface OpenTally extends Tally {
  start: number;
  /** Time between the points of the pairs that end here. */
  coveredMs: number;
}

function tally(points: RawSeries["points"], everyMs: number): Map<number, Tally> {
  const tallies = new Map<number, Tally>();
  let before: readonly [at: number, value: number] | undefined;
  let open: OpenTally | undefined;
  for (const [at, value] of points) {
    const number = typeof value === "number" ? value : 0;
    const start = at - (at % everyMs);
    if (open === undefined || open.start !== start) {
      open = { start, coveredMs: 0, ...empty, min: number, max: number, last: value };
      tallies.set(start, open);
    }
    open.count += 1;
    open.sum += number;
    open.min = Math.min(open.min, number);
    open.max = Math.max(open.max, number);
    open.last = value;
    open.lastAt = at;
    if (before) {
      open.increase = (open.increase ?? 0) + (number < before[1] ? number : number - before[1]);
      open.coveredMs += at - before[0];
      open.rate = open.increase / (open.coveredMs / 1_000);
    }
    before = [at, number];
  }
  return tallies;
}
const empty = { count: 0, sum: 0, lastAt: 0, increase: null, rate: null };

function merge(a: Tally, b: Tally): Tally {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    // At the same time the greater value wins: the order in which a backend lists its series must not show.
    last: b.lastAt > a.lastAt || (b.lastAt === a.lastAt && b.last > a.last) ? b.last : a.last,
    lastAt: Math.max(a.lastAt, b.lastAt),
    increase: a.increase === null ? b.increase : a.increase + (b.increase ?? 0),
    rate: a.rate === null ? b.rate : a.rate + (b.rate ?? 0),
  };
}

function read(one: Tally, fn: Aggregate): Value | null {
  if (fn === "last") return one.last;
  const value = fn === "mean" ? one.sum / one.count : one[fn];
  // Sums of absurd values overflow; JSON has no infinity.
  return value === null ? null : Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
}
