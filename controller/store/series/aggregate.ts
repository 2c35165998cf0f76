import { invalid } from "../../base/errors.ts";
import type { Catalogue } from "./accept.ts";
import { type Aggregate, type Series, type SeriesQuery, TooManyPoints } from "./contract.ts";
import { type Cell, createGathering, merge, read, type Tally, type Value } from "./rollup/tally.ts";

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
  /** Buckets of times that `points` leaves out. */
  cells?: readonly Cell[];
  /** The last one before the query's time, for counters. */
  before?: readonly [at: number, value: Value] | undefined;
}

/** The answer to a checked query from what is stored. Both backends come through here.
 *  Throws TooManyPoints. */
export function aggregate(query: SeriesQuery, raw: Iterable<RawSeries>): Series[] {
  const { everyMs, fn } = query;
  if (everyMs === undefined || fn === undefined) return pooled(query, raw);
  const groups = groupsOf<Map<number, Tally>>(query);
  for (const series of raw) {
    const { tallies } = gathered(series, everyMs, fn);
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

function gathered(series: RawSeries, everyMs: number, fn: Aggregate) {
  const gathering = createGathering(everyMs, fn, series.before);
  const { points, cells = [] } = series;
  let next = 0;
  for (const [at, value] of points) {
    for (let cell = cells[next]; cell && cell.at <= at; cell = cells[++next]) gathering.cell(cell);
    gathering.point(at, value);
  }
  for (const cell of cells.slice(next)) gathering.cell(cell);
  return gathering;
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
