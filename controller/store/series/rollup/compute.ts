import type { Field } from "#wire";
import { type Level, levels, type Stat, statsOf, widthsMs } from "./levels.ts";
import { type Cell, finite, percentile, rise, type Value } from "./tally.ts";

/** One stored row of a series: its time, then the values of the columns that were asked for, in their order. */
export type Row = readonly [at: number, ...values: (Value | null)[]];

/** A bucket of a series at a level, as both backends keep it: what is there of each field. */
export interface RollupRow {
  level: Level;
  /** Start of the bucket. */
  at: number;
  fields: Record<string, Kept>;
}
export type Kept = Partial<Record<Stat, Value>>;

/** Rolls up one hour of one series at every level. Pure: the same rows give the same buckets, so doing it again is
 *  harmless. Percentiles are of the points, never of other percentiles.
 *  @param rows in order of time, all of one hour */
export function rollUp(rows: readonly Row[], columns: readonly string[], fields: Readonly<Record<string, Field>>) {
  const rolled: RollupRow[] = [];
  for (const level of levels) {
    const widthMs = widthsMs[level];
    const buckets = new Map<number, RollupRow>();
    columns.forEach((name, i) => {
      const field = fields[name];
      if (!field) return;
      for (const cell of cellsOf(rows, i + 1, widthMs, field.percentiles === true)) {
        const bucket = buckets.get(cell.at) ?? { level, at: cell.at, fields: {} };
        buckets.set(cell.at, bucket);
        bucket.fields[name] = keptOf(cell, field);
      }
    });
    rolled.push(...buckets.values());
  }
  return rolled;
}

function cellsOf(rows: readonly Row[], column: number, widthMs: number, spread: boolean): Cell[] {
  const cells: Cell[] = [];
  let open: Cell | undefined;
  let values: number[] = [];
  let previous = 0;
  const close = (): void => {
    if (open === undefined || !spread) return;
    open.p50 = percentile(values, 0.5);
    open.p95 = percentile(values, 0.95);
  };
  for (const row of rows) {
    const value = row[column];
    if (value === null || value === undefined) continue;
    const at = row[0];
    const number = typeof value === "number" ? value : 0;
    const start = at - (at % widthMs);
    if (open === undefined || open.at !== start) {
      close();
      values = [];
      const ends = { first: value, firstAt: at, last: value, lastAt: at };
      open = { at: start, count: 0, sum: 0, min: number, max: number, ...ends, increase: 0 };
      cells.push(open);
    } else {
      open.increase += rise(previous, number);
    }
    open.count += 1;
    open.sum += number;
    if (number < open.min) open.min = number;
    if (number > open.max) open.max = number;
    open.last = value;
    open.lastAt = at;
    if (spread) values.push(number);
    previous = number;
  }
  close();
  return cells;
}

function keptOf(cell: Cell, field: Field): Kept {
  const kept: Kept = {};
  for (const stat of statsOf(field)) {
    const value = statOf(cell, stat);
    if (value !== undefined) kept[stat] = typeof value === "number" ? finite(value) : value;
  }
  return kept;
}

function statOf(cell: Cell, stat: Stat): Value | undefined {
  if (stat === "first_at") return cell.firstAt - cell.at;
  if (stat === "last_at") return cell.lastAt - cell.at;
  return cell[stat];
}

/** Back from what is kept; null where nothing is: a bucket that lost its points has a count of 0. */
export function cellOf(at: number, kept: Readonly<Partial<Record<Stat, Value | null>>>): Cell | null {
  const count = Number(kept.count ?? 0);
  if (!(count > 0)) return null;
  const last = kept.last ?? 0;
  const lastAt = at + Number(kept.last_at ?? 0);
  return {
    at,
    count,
    sum: Number(kept.sum ?? 0),
    min: Number(kept.min ?? 0),
    max: Number(kept.max ?? 0),
    first: kept.first ?? last,
    firstAt: kept.first_at == null ? lastAt : at + Number(kept.first_at),
    last,
    lastAt,
    increase: Number(kept.increase ?? 0),
    p50: kept.p50 == null ? undefined : Number(kept.p50),
    p95: kept.p95 == null ? undefined : Number(kept.p95),
  };
}
