import type { Clock } from "../../../base/clock.ts";
import { aggregate, type RawSeries } from "../aggregate.ts";
import type { DeviceHour, Series, SeriesQuery, StoredPoint } from "../contract.ts";
import { hourMs, hourOf } from "../rollup/levels.ts";
import { carve } from "../rollup/plan.ts";
import type { QueryPlan } from "../rollup/planner.ts";
import type { Cell, Value } from "../rollup/tally.ts";
import { createBudget } from "./budget.ts";
import type { Db } from "./database.ts";
import { createColumns } from "./fields.ts";
import type { Lookup, SeriesRow } from "./lookup.ts";
import { dayMs, dayOf, type Partition, type Partitions } from "./partitions.ts";
import type { Shelves } from "./shelves.ts";

interface Needs {
  db: Db;
  lookup: Lookup;
  partitions: Partitions;
  shelves: Shelves;
  clock: Pick<Clock, "monotonic">;
}

export function createReader({ db, lookup, partitions, shelves, clock }: Needs) {
  /** One series' values of the field, from all levels, in order of time. */
  function* rawOf(query: SeriesQuery, plan: QueryPlan): Generator<RawSeries> {
    const budget = createBudget(query, clock);
    const columns = createColumns({ db, partitions, shelves, query, budget });
    for (const device of new Set(query.devices)) {
      const spans = carve(plan.spans, plan.pending.get(device) ?? []);
      for (const entry of lookup.seriesOf(query.measurement, device)) {
        const points: [number, Value][] = [];
        const cells: Cell[] = [];
        for (const span of spans) {
          if (span.level === "raw") columns.points(entry, span, points);
          else columns.cells(entry, span, span.level, cells);
        }
        const counts = query.fn === "increase" || query.fn === "rate";
        const before =
          counts && points.length + cells.length > 0 ? columns.before(entry, plan.beforeInBuckets) : undefined;
        yield { device, tags: entry.tags, points, cells, before };
      }
    }
  }

  return {
    query: (query: SeriesQuery, plan: QueryPlan): Series[] => aggregate(query, rawOf(query, plan)),

    latest(since: number, measurements: string[]): StoredPoint[] {
      const found: StoredPoint[] = [];
      for (const m of measurements) {
        const days = partitions
          .between(m, since, Number.MAX_SAFE_INTEGER)
          .reverse()
          .map((partition) => newestOf(db, partition));
        if (days.length === 0) continue;
        for (const { name, series } of lookup.seriesSince(m, dayOf(since))) {
          const newest = firstOf(days, (day) => day(series, since));
          if (newest) found.push({ device: name, m, tags: series.tags, ...newest });
        }
      }
      return found;
    },

    /** Devices with points in the UTC day, jumping from one to the next. */
    devicesOn(day: number): string[] {
      const found = new Set<number>();
      for (const { table } of partitions.on(day)) {
        const next = db.prepare(`SELECT min(device) FROM "${table}" WHERE device > ?`).raw();
        for (let id: number | null = -1; ; found.add(id)) {
          [id] = next.get([id]) as [number | null];
          if (id === null) break;
        }
      }
      return [...found].flatMap((id) => lookup.nameOf(id) ?? []);
    },

    /** Hours of the UTC day in which the devices have points, jumping from one to the next. */
    hoursOn(day: number, devices: readonly string[]): DeviceHour[] {
      const hours = new Map(devices.map((device) => [device, new Set<number>()]));
      for (const { table, measurement } of partitions.on(day)) {
        const text = `SELECT min(at) FROM "${table}" WHERE device = ? AND series = ? AND at >= ?`;
        const next = db.prepare(text).raw();
        for (const [device, found] of hours) {
          for (const { id, device: number } of lookup.seriesOf(measurement, device)) {
            for (let from = day * dayMs; from < (day + 1) * dayMs; from += hourMs) {
              if (found.has(from)) continue;
              const [at] = next.get([number, id, from]) as [number | null];
              if (at === null) break;
              from = hourOf(at);
              found.add(from);
            }
          }
        }
      }
      return [...hours].flatMap(([device, found]) => [...found].map((hourAt) => ({ device, hourAt })));
    },

    count(device: string, from: number, to: number, measurements: string[]): number {
      const id = lookup.deviceId(device);
      if (id === undefined) return 0;
      let sum = 0;
      for (const { table } of measurements.flatMap((m) => partitions.between(m, from, to))) {
        const sql = `SELECT count(*) FROM "${table}" WHERE device = ? AND at >= ? AND at < ?`;
        sum += (db.prepare(sql).raw().get([id, from, to]) as [number])[0];
      }
      return sum;
    },
  };
}

/** Finds the newest point of a series in one day. */
function newestOf(db: Db, partition: Partition) {
  const fields = [...partition.columns];
  const sql = `SELECT at, ${fields.map((field) => `"${field}"`).join(", ")} FROM "${partition.table}"
    WHERE device = ? AND series = ? AND at >= ? ORDER BY at DESC LIMIT 1`;
  const statement = db.prepare(sql).raw() as unknown as { get(values: unknown[]): (Value | null)[] | undefined };
  return (series: SeriesRow, since: number): Pick<StoredPoint, "at" | "fields"> | undefined => {
    const row = statement.get([series.device, series.id, since]);
    if (!row) return undefined;
    const given = fields.map((field, i) => [field, row[i + 1]] as const).filter(([, value]) => value !== null);
    return { at: Number(row[0]), fields: Object.fromEntries(given) as StoredPoint["fields"] };
  };
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
