import { keyOf, type RawSeries, tooMany } from "../aggregate.ts";
import { type SeriesQuery, seriesLimits } from "../contract.ts";
import { columnName } from "../rollup/columns.ts";
import { cellOf } from "../rollup/compute.ts";
import { type Level, levels, statsFor } from "../rollup/levels.ts";
import { carve, type Span } from "../rollup/plan.ts";
import type { QueryPlan } from "../rollup/planner.ts";
import { type Cell, lookBackMs, type Value } from "../rollup/tally.ts";
import { chunks, identity, where } from "./clauses.ts";
import { name, type Ql, type Row } from "./ql.ts";
import { policies } from "./rollups.ts";

/** Devices in one statement. */
export const devicesAtOnce = 100;

interface Gathered extends RawSeries {
  points: [at: number, value: Value][];
  cells: Cell[];
}

/** Fetches what a query needs of every level: points where raw ones answer, buckets elsewhere. */
export function createGather(needs: { ql: Ql; retentionPolicy: string }) {
  const { ql } = needs;
  const from = (policy: string, m: string): string => `FROM ${name(ql.database)}.${name(policy)}.${name(m)}`;

  /** Rows of a span, with how many that are known before they are fetched. */
  async function rowsOf(query: SeriesQuery, devices: readonly string[], span: Span, left: number): Promise<Row[]> {
    const { text, values } = where(devices, span.from, span.to);
    const raw = span.level === "raw";
    const source = from(raw ? needs.retentionPolicy : policies[span.level as Level], query.measurement);
    const counted = name(raw ? query.field : columnName(query.field, "count"));
    const [total] = await ql.run(`SELECT count(${counted}) AS n ${source} WHERE ${text}`, values);
    const rows = Number(total?.values[0]?.[1] ?? 0);
    if (rows > left) throw tooMany(query);
    if (rows === 0) return [];
    const columns = raw || !query.fn ? [query.field] : statsFor(query.fn).map((stat) => columnName(query.field, stat));
    return ql.run(`SELECT ${columns.map(name).join(", ")} ${source} WHERE ${text} GROUP BY *`, values);
  }

  /** Gives each series its last point before the query's time. */
  async function lookBack(
    query: SeriesQuery,
    plan: QueryPlan,
    devices: readonly string[],
    of: (row: Row) => Gathered | undefined,
  ) {
    const { text, values } = where(devices, Math.max(0, query.from - lookBackMs), query.from);
    const note = (row: Row, at: number, value: Value): void => {
      const series = of(row);
      const since = query.from - lookBackMs;
      if (series && at >= since && at < query.from && at > (series.before?.[0] ?? -1)) series.before = [at, value];
    };
    const field = name(query.field);
    const source = from(needs.retentionPolicy, query.measurement);
    for (const row of await ql.run(`SELECT last(${field}) ${source} WHERE ${text} GROUP BY *`, values))
      for (const [at, value] of row.values as [number, Value][]) note(row, at, value);
    if (!plan.beforeInBuckets) return;
    for (const level of levels) {
      const [last, lastAt, count] = (["last", "last_at", "count"] as const).map((s) =>
        name(columnName(query.field, s)),
      );
      const statement = `SELECT last(${last}), ${lastAt} ${from(policies[level], query.measurement)}
        WHERE ${text} AND ${count} > 0 GROUP BY *`;
      for (const row of await ql.run(statement, values))
        for (const [at, value, offset] of row.values as [number, Value, number][]) note(row, at + offset, value);
    }
  }

  /** Series of a checked query. Rejects with TooManyPoints, StoreAway. */
  return async function gather(query: SeriesQuery, plan: QueryPlan): Promise<RawSeries[]> {
    const found = new Map<string, Gathered>();
    const seriesOf = (row: Row): Gathered => {
      const who = identity(row);
      const key = keyOf(who.device, who.tags);
      const series = found.get(key) ?? { ...who, points: [], cells: [] };
      found.set(key, series);
      return series;
    };
    let left: number = query.everyMs === undefined ? query.limit : seriesLimits.scannedPoints;
    const counts = query.fn === "increase" || query.fn === "rate";
    for (const { spans, devices } of alike(query.devices, plan)) {
      for (const some of chunks(devices, devicesAtOnce)) {
        for (const span of spans) {
          for (const row of await rowsOf(query, some, span, left)) {
            left -= row.values.length;
            take(seriesOf(row), row, span, query);
          }
        }
        const known = (row: Row) => {
          const who = identity(row);
          return found.get(keyOf(who.device, who.tags));
        };
        if (counts && found.size > 0) await lookBack(query, plan, some, known);
      }
    }
    return [...found.values()];
  };
}

/** Devices whose spans are the same go together. */
function alike(devices: readonly string[], plan: QueryPlan): { spans: readonly Span[]; devices: string[] }[] {
  const groups = new Map<string, { spans: readonly Span[]; devices: string[] }>();
  for (const device of devices) {
    const spans = carve(plan.spans, plan.pending.get(device) ?? []);
    const key = JSON.stringify(spans);
    const group = groups.get(key) ?? { spans, devices: [] };
    groups.set(key, group);
    group.devices.push(device);
  }
  return [...groups.values()];
}

function take(series: Gathered, row: Row, { level }: Span, query: SeriesQuery): void {
  if (level === "raw") {
    for (const point of row.values as [number, Value][]) series.points.push(point);
    return;
  }
  const stats = query.fn ? statsFor(query.fn) : [];
  for (const [at, ...values] of row.values as [number, ...(Value | null)[]][]) {
    const cell = cellOf(at, Object.fromEntries(stats.map((stat, i) => [stat, values[i] ?? null])));
    if (cell) series.cells.push(cell);
  }
}
