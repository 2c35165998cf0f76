import type { SeriesQuery } from "../contract.ts";
import { columnName } from "../rollup/columns.ts";
import { cellOf } from "../rollup/compute.ts";
import { type Level, levels, statsFor } from "../rollup/levels.ts";
import type { Span } from "../rollup/plan.ts";
import { type Cell, lookBackMs, type Value } from "../rollup/tally.ts";
import { type Budget, readLimits } from "./budget.ts";
import type { Db } from "./database.ts";
import type { SeriesRow } from "./lookup.ts";
import type { Partitions } from "./partitions.ts";
import type { Shelves } from "./shelves.ts";

type Found = readonly [at: number, value: Value];
type Statement<Row> = { all(values: unknown[]): Row[]; get(values: unknown[]): Row | undefined };

/** Reads the query's field from every table that may have it. Statements are prepared once a query. */
export function createColumns(needs: {
  db: Db;
  partitions: Partitions;
  shelves: Shelves;
  query: SeriesQuery;
  budget: Budget;
}) {
  const { db, partitions, shelves, query, budget } = needs;
  const { measurement, field, fn } = query;
  const stats = fn ? statsFor(fn) : [];
  const names = stats.map((stat) => columnName(field, stat));
  const prepare = <Row>(sql: string): Statement<Row> => db.prepare(sql).raw() as unknown as Statement<Row>;

  /** Statements of the tables that may hold something of a span. */
  const remembered = <T>(make: (from: number, to: number, level: Level) => T) => {
    const made = new Map<string, T>();
    return (from: number, to: number, level: Level = "hourly"): T => {
      const key = `${level} ${from} ${to}`;
      const found = made.get(key) ?? make(from, to, level);
      made.set(key, found);
      return found;
    };
  };
  const rawTables = remembered((from, to) =>
    partitions
      .between(measurement, from, to)
      .filter(({ columns }) => columns.has(field))
      .map(({ table }) =>
        prepare<[number, Value]>(`SELECT at, "${field}" FROM "${table}"
          WHERE device = ? AND series = ? AND at >= ? AND at < ? AND "${field}" IS NOT NULL ORDER BY at
          LIMIT ${readLimits.rowsAtOnce}`),
      ),
  );
  const bucketTables = remembered((from, to, level) =>
    shelves
      .between(level, measurement, from, to)
      .filter(({ columns }) => names.every((name) => columns.has(name)))
      .map(({ table }) =>
        prepare<
          [number, ...(Value | null)[]]
        >(`SELECT at, ${names.map((name) => `"${name}"`).join(", ")} FROM "${table}"
          WHERE device = ? AND series = ? AND at >= ? AND at < ? AND "${names[0]}" > 0 ORDER BY at`),
      ),
  );
  const newestRaw = remembered((from, to) =>
    partitions
      .between(measurement, from, to)
      .filter(({ columns }) => columns.has(field))
      .map(({ table }) =>
        prepare<[number, Value]>(`SELECT at, "${field}" FROM "${table}"
          WHERE device = ? AND series = ? AND at >= ? AND at < ? AND "${field}" IS NOT NULL ORDER BY at DESC LIMIT 1`),
      ),
  );

  const within = (entry: SeriesRow, { from, to }: { from: number; to: number }) => [entry.device, entry.id, from, to];
  const columns = {
    points(entry: SeriesRow, span: Span, into: [number, Value][]): void {
      for (const table of rawTables(span.from, span.to)) {
        let { from } = span;
        for (let full = true; full; ) {
          const rows = table.all(within(entry, { from, to: span.to }));
          budget.spend(rows.length);
          for (const row of rows) into.push(row);
          full = rows.length === readLimits.rowsAtOnce;
          from = (rows.at(-1)?.[0] ?? from) + 1;
        }
      }
    },

    cells(entry: SeriesRow, span: { from: number; to: number }, level: Level, into: Cell[]): void {
      for (const table of bucketTables(span.from, span.to, level)) {
        const rows = table.all(within(entry, span));
        budget.spend(rows.length);
        for (const [at, ...values] of rows) {
          const cell = cellOf(at, Object.fromEntries(stats.map((stat, i) => [stat, values[i] ?? null])));
          if (cell) into.push(cell);
        }
      }
    },

    /** The series' last point before the query's time, as far as it counts.
     *  @param inBuckets raw points of that time may be gone; a bucket that is not made anew yet still names a point that
     *  was there */
    before(entry: SeriesRow, inBuckets: boolean): Found | undefined {
      const span = { from: query.from - lookBackMs, to: query.from };
      const found: Found[] = [];
      for (const table of newestRaw(span.from, span.to)) {
        const row = table.get(within(entry, span));
        if (row) found.push(row);
      }
      for (const level of inBuckets ? levels : []) {
        const cells: Cell[] = [];
        columns.cells(entry, span, level, cells);
        const last = cells.at(-1);
        if (last && last.lastAt < query.from) found.push([last.lastAt, last.last]);
      }
      return found.filter(([at]) => at >= span.from).sort((a, b) => b[0] - a[0])[0];
    },
  };
  return columns;
}
