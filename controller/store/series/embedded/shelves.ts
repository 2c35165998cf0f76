import type { Catalogue } from "../accept.ts";
import { columnsOf } from "../rollup/columns.ts";
import { type Level, levels } from "../rollup/levels.ts";
import type { Db } from "./database.ts";
import { dayMs, dayOf } from "./partitions.ts";

/** Days a table holds: what is dropped whole at the end of retention, so also how much longer a bucket may stay. */
const daysEach: Readonly<Record<Level, number>> = { "5-minute": 8, hourly: 64 };

export interface Shelf {
  table: string;
  level: Level;
  measurement: string;
  /** First UTC day since 1970. */
  day: number;
  columns: Set<string>;
}

export type Shelves = ReturnType<typeof createShelves>;

/** Roll-ups: one table per level, measurement and some days: `<level>:<measurement>:<yyyymmdd>`. */
export function createShelves(db: Db, catalogue: Catalogue) {
  let known = new Map<string, Shelf>();
  let ready = new Map<string, Shelf>();
  const columnsKept = new Map(Object.entries(catalogue).map(([m, { fields }]) => [m, columnsOf(fields)]));
  const keyOf = (level: Level, measurement: string, day: number): string => `${level} ${measurement} ${day}`;

  const load = (): void => {
    known = new Map();
    ready = new Map();
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").raw().all() as [string][];
    for (const [table] of tables) {
      const [, found, measurement, yyyy, mm, dd] = tableShape.exec(table) ?? [];
      const level = levels.find((one) => one === found);
      if (!measurement || !level) continue;
      const day = dayOf(Date.UTC(Number(yyyy), Number(mm) - 1, Number(dd)));
      const names = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).raw().all() as [string][];
      const columns = new Set(names.map(([name]) => name));
      known.set(keyOf(level, measurement, day), { table, level, measurement, day, columns });
    }
  };
  load();

  const make = (level: Level, measurement: string, day: number): Shelf => {
    const date = new Date(day * dayMs).toISOString().slice(0, 10).replaceAll("-", "");
    const table = `${level}:${measurement}:${date}`;
    const columns = columnsKept.get(measurement) ?? [];
    db.exec(`CREATE TABLE "${table}" (device INTEGER, series INTEGER, at INTEGER,
      ${columns.map(declared).join(", ")}, PRIMARY KEY (device, series, at)) WITHOUT ROWID`);
    return { table, level, measurement, day, columns: new Set(columns.map(({ name }) => name)) };
  };

  return {
    reload: load,
    /** Tables that were dropped. */
    forget(tables: readonly string[]): void {
      for (const [key, { table }] of known) {
        if (!tables.includes(table)) continue;
        known.delete(key);
        ready.delete(key);
      }
    },
    columnsKept: (measurement: string) => columnsKept.get(measurement) ?? [],

    /** The table, made or widened to the catalogue where need be. Inside a transaction. */
    forWriting(level: Level, measurement: string, at: number): Shelf {
      const day = Math.floor(dayOf(at) / daysEach[level]) * daysEach[level];
      const key = keyOf(level, measurement, day);
      const complete = ready.get(key);
      if (complete) return complete;
      const shelf = known.get(key) ?? make(level, measurement, day);
      for (const column of columnsKept.get(measurement) ?? []) {
        if (shelf.columns.has(column.name)) continue;
        db.exec(`ALTER TABLE "${shelf.table}" ADD COLUMN ${declared(column)}`);
        shelf.columns.add(column.name);
      }
      known.set(key, shelf);
      ready.set(key, shelf);
      return shelf;
    },

    /** Those that may hold buckets of [from, to), oldest first. */
    between(level: Level, measurement: string, from: number, to: number): Shelf[] {
      return [...known.values()]
        .filter((one) => one.level === level && one.measurement === measurement)
        .filter((one) => one.day + daysEach[level] > dayOf(from) && one.day * dayMs < to)
        .sort((a, b) => a.day - b.day);
    },

    /** Tables that are over before `day`, of one level. */
    overBefore: (level: Level, day: number): string[] =>
      [...known.values()]
        .filter((one) => one.level === level && one.day + daysEach[level] <= day)
        .map(({ table }) => table),
  };
}

const declared = ({ name, text }: { name: string; text: boolean }): string => `"${name}" ${text ? "TEXT" : "REAL"}`;
const tableShape = /^([a-z0-9-]+):([a-z][a-z0-9_]*):(\d{4})(\d{2})(\d{2})$/;
