import type { Aggregate } from "../contract.ts";

export type Value = number | string;

/** What is known of one field of one series in a bucket. */
export interface Cell {
  /** Start of the bucket. */
  at: number;
  count: number;
  sum: number;
  min: number;
  max: number;
  first: Value;
  firstAt: number;
  last: Value;
  lastAt: number;
  /** Between the points of this bucket; 0 when it has only one. */
  increase: number;
  p50?: number | undefined;
  p95?: number | undefined;
}

/** A bucket of a query; those of several series can be merged. */
export interface Tally {
  count: number;
  sum: number;
  min: number;
  max: number;
  last: Value;
  lastAt: number;
  /** null: no pair of points ends here. */
  increase: number | null;
  rate: number | null;
  /** All values, where a percentile is asked for. */
  values: number[] | null;
  /** Percentiles that were worked out before. */
  p50: number | undefined;
  p95: number | undefined;
}

/** Two points of a counter that are farther apart tell nothing: no rise, no rate. So what a bucket says depends on the
 *  day before it at most, wherever a query begins. */
export const lookBackMs = 24 * 3_600_000;

/** What a counter rose from one reading to the next: a fall is a restart from 0. */
export const rise = (before: number, after: number): number => (after < before ? after : after - before);

interface Open extends Tally {
  start: number;
  /** Time between the points of the pairs that end here. */
  coveredMs: number;
}

const numberOf = (value: Value): number => (typeof value === "number" ? value : 0);

/** Gathers one series' points and cells, given in order of time, into buckets. Pure but for what it holds.
 *  @param before the series' last point before the first that is given */
export function createGathering(everyMs: number, fn: Aggregate, before?: readonly [at: number, value: Value]) {
  const tallies = new Map<number, Tally>();
  const keepValues = fn === "p50" || fn === "p95";
  let previousAt = before ? before[0] : Number.NEGATIVE_INFINITY;
  let previous = before ? numberOf(before[1]) : 0;
  let open: Open | undefined;

  const bucket = (at: number): Open => {
    const start = at - (at % everyMs);
    if (open === undefined || open.start !== start) {
      open = fresh(start, keepValues);
      tallies.set(start, open);
    }
    return open;
  };
  const pair = (into: Open, at: number, value: number): void => {
    const apartMs = at - previousAt;
    if (apartMs > lookBackMs) return;
    into.increase = (into.increase ?? 0) + rise(previous, value);
    into.coveredMs += apartMs;
    if (into.coveredMs > 0) into.rate = into.increase / (into.coveredMs / 1_000);
  };

  return {
    tallies,
    point(at: number, value: Value): void {
      const number = numberOf(value);
      const into = bucket(at);
      into.count += 1;
      into.sum += number;
      into.min = Math.min(into.min, number);
      into.max = Math.max(into.max, number);
      into.last = value;
      into.lastAt = at;
      into.values?.push(number);
      pair(into, at, number);
      previousAt = at;
      previous = number;
    },
    cell(cell: Cell): void {
      const into = bucket(cell.at);
      into.count += cell.count;
      into.sum += cell.sum;
      into.min = Math.min(into.min, cell.min);
      into.max = Math.max(into.max, cell.max);
      into.last = cell.last;
      into.lastAt = cell.lastAt;
      into.values = null;
      into.p50 = cell.p50;
      into.p95 = cell.p95;
      pair(into, cell.firstAt, numberOf(cell.first));
      if (cell.count > 1) {
        into.increase = (into.increase ?? 0) + cell.increase;
        into.coveredMs += cell.lastAt - cell.firstAt;
        if (into.coveredMs > 0) into.rate = into.increase / (into.coveredMs / 1_000);
      }
      previousAt = cell.lastAt;
      previous = numberOf(cell.last);
    },
  };
}

const fresh = (start: number, keepValues: boolean): Open => ({
  start,
  coveredMs: 0,
  count: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  last: 0,
  lastAt: 0,
  increase: null,
  rate: null,
  values: keepValues ? [] : null,
  p50: undefined,
  p95: undefined,
});

/** The same bucket of two series. */
export const merge = (a: Tally, b: Tally): Tally => ({
  count: a.count + b.count,
  sum: a.sum + b.sum,
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
  // At the same time the greater value wins: the order in which a backend lists its series must not show.
  last: b.lastAt > a.lastAt || (b.lastAt === a.lastAt && b.last > a.last) ? b.last : a.last,
  lastAt: Math.max(a.lastAt, b.lastAt),
  increase: a.increase === null ? b.increase : a.increase + (b.increase ?? 0),
  rate: a.rate === null ? b.rate : a.rate + (b.rate ?? 0),
  values: a.values && b.values ? a.values.concat(b.values) : null,
  p50: undefined,
  p95: undefined,
});

/** What the function says of a bucket; null: nothing. */
export function read(one: Tally, fn: Aggregate): Value | null {
  if (fn === "last") return one.last;
  if (fn === "p50" || fn === "p95") {
    const share = fn === "p50" ? 0.5 : 0.95;
    return (one.values && one.values.length > 0 ? percentile(one.values, share) : one[fn]) ?? null;
  }
  const value = fn === "mean" ? one.sum / one.count : one[fn];
  return value === null ? null : finite(value);
}

/** Sums of absurd values overflow; JSON and InfluxDB have no infinity. */
export const finite = (value: number): number => Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));

/** The smallest value that at least this share of all reaches or stays below (nearest rank): always one that was
 *  measured. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
