import type { Field } from "#wire";
import type { Aggregate } from "../contract.ts";

export const hourMs = 3_600_000;
export const hourOf = (at: number): number => at - (at % hourMs);

export type Level = "5-minute" | "hourly";
export type Resolution = "raw" | Level;

/** Finest first. Every width divides an hour: an hour of a device is what is rolled up at once. */
export const levels: readonly Level[] = ["5-minute", "hourly"];
export const widthsMs: Readonly<Record<Level, number>> = { "5-minute": 300_000, hourly: hourMs };

/** What a bucket keeps of a field. Times are milliseconds since the bucket's start: small, and exact in a float. */
export type Stat =
  | "count"
  | "sum"
  | "min"
  | "max"
  | "first"
  | "first_at"
  | "last"
  | "last_at"
  | "increase"
  | "p50"
  | "p95";

const ofText: readonly Stat[] = ["count", "last", "last_at"];
const ofCounter: readonly Stat[] = ["count", "first", "first_at", "last", "last_at", "increase"];
const ofValue: readonly Stat[] = ["count", "sum", "min", "max", "last", "last_at"];
const ofSpread: readonly Stat[] = [...ofValue, "p50", "p95"];

export function statsOf(field: Field): readonly Stat[] {
  if (field.type === "text") return ofText;
  if (field.kind === "counter") return ofCounter;
  return field.percentiles ? ofSpread : ofValue;
}

/** What a function needs; the first of them is what tells whether a field keeps it. */
const needed: Readonly<Record<Aggregate, readonly Stat[]>> = {
  mean: ["sum"],
  sum: ["sum"],
  min: ["min"],
  max: ["max"],
  last: ["last", "last_at"],
  count: [],
  increase: ["increase", "first", "first_at", "last", "last_at"],
  rate: ["increase", "first", "first_at", "last", "last_at"],
  p50: ["p50"],
  p95: ["p95"],
};

/** What has to be read of buckets for the function. */
export const statsFor = (fn: Aggregate): readonly Stat[] => ["count", ...needed[fn]];

/** Can the function be answered from what buckets keep of the field? */
export const keeps = (field: Field, fn: Aggregate): boolean =>
  statsFor(fn).every((stat) => statsOf(field).includes(stat));
export const isPercentile = (fn: Aggregate): boolean => fn === "p50" || fn === "p95";
