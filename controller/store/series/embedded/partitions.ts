import type { Catalogue } from "../accept.ts";
import type { Db } from "./database.ts";
import type { Undo } from "./undo.ts";

export const dayMs = 86_400_000;
export const dayOf = (at: number): number => Math.floor(at / dayMs);

export interface Partition {
  table: string;
  measurement: string;
  /** UTC days since 1970. */
  day: number;
  columns: ReadonlySet<string>;
  /** The statement that it was made by; absent where it was made here. */
  sql?: string;
}

export type Partitions = ReturnType<typeof createPartitions>;

/** One table per measurement and UTC day: `<measurement>_<yyyymmdd>`. A plain table decays as it grows, and dropping a
 *  day is cheaper than deleting its rows.
 *  @param undo is told how to take back what a transaction changed here; who only reads needs none */
export function createPartitions(db: Db, catalogue: Catalogue, undo?: Pick<Undo, "note">) {
  let known = new Map<string, Partition>();
  /** Those that have every field of the catalogue. */
  let ready = new Map<string, Partition>();
  const keyOf = (measurement: string, day: number): string => `${measurement} ${day}`;

  const load = (): void => {
    const before = known;
    known = new Map();
    ready = new Map();
    const tables = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table'").raw();
    for (const [table, sql] of tables.all() as [string, string][]) {
      const [, measurement, yyyy, mm, dd] = tableShape.exec(table) ?? [];
      if (!measurement) continue;
      const day = dayOf(Date.UTC(Number(yyyy), Number(mm) - 1, Number(dd)));
      const key = keyOf(measurement, day);
      // A year has thousands of tables, and one that is as it was need not be looked at.
      const same = before.get(key);
      const found = same?.sql === sql ? same : { table, measurement, day, sql, columns: columnsOf(db, table) };
      known.set(key, found);
    }
  };
  load();

  const column = (measurement: string, name: string): string =>
    `"${name}" ${catalogue[measurement]?.fields[name]?.type === "text" ? "TEXT" : "REAL"}`;

  const make = (measurement: string, day: number): Partition => {
    const table = tableName(measurement, day);
    const columns = Object.keys(catalogue[measurement]?.fields ?? {});
    db.exec(`CREATE TABLE "${table}" (device INTEGER, series INTEGER, at INTEGER,
      ${columns.map((name) => column(measurement, name)).join(", ")}, PRIMARY KEY (device, series, at)) WITHOUT ROWID`);
    return { table, measurement, day, columns: new Set(columns) };
  };

  const widened = (partition: Partition): Partition => {
    const { table, measurement, day } = partition;
    const missing = Object.keys(catalogue[measurement]?.fields ?? {}).filter((name) => !partition.columns.has(name));
    if (missing.length === 0) return partition;
    for (const name of missing) db.exec(`ALTER TABLE "${table}" ADD COLUMN ${column(measurement, name)}`);
    return { table, measurement, day, columns: new Set([...partition.columns, ...missing]) };
  };

  return {
    /** Looks at all tables again. */
    reload: load,
    /** Tables that were dropped. To look at all that are left again would keep writes waiting. */
    forget(tables: readonly string[]): void {
      for (const [key, { table }] of known) {
        if (!tables.includes(table)) continue;
        known.delete(key);
        ready.delete(key);
      }
    },

    /** The day's table, made or widened to the catalogue where need be. Inside a transaction. */
    forWriting(measurement: string, day: number): Partition {
      const key = keyOf(measurement, day);
      const complete = ready.get(key);
      if (complete) return complete;
      const before = known.get(key);
      const partition = before ? widened(before) : make(measurement, day);
      known.set(key, partition);
      ready.set(key, partition);
      undo?.note(() => {
        ready.delete(key);
        if (before) known.set(key, before);
        else known.delete(key);
      });
      return partition;
    },

    /** Those that may hold points of [from, to), oldest first. */
    between(measurement: string, from: number, to: number): Partition[] {
      return [...known.values()]
        .filter((p) => p.measurement === measurement && p.day >= dayOf(from) && p.day * dayMs < to)
        .sort((a, b) => a.day - b.day);
    },

    /** Tables of the days that are over before `day`. */
    overBefore: (day: number): string[] => [...known.values()].filter((p) => p.day < day).map((p) => p.table),
    on: (day: number): Partition[] => [...known.values()].filter((p) => p.day === day),
  };
}

const tableShape = /^([a-z][a-z0-9_]*)_(\d{4})(\d{2})(\d{2})$/;

const tableName = (measurement: string, day: number): string =>
  `${measurement}_${new Date(day * dayMs).toISOString().slice(0, 10).replaceAll("-", "")}`;

function columnsOf(db: Db, table: string): Set<string> {
  const rows = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).raw().all() as [string][];
  return new Set(rows.map(([name]) => name).filter((name) => name !== "device" && name !== "series" && name !== "at"));
}
