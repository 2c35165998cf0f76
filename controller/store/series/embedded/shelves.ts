import type { Catalogue } from "../accept.ts";
import { columnsOf } from "../rollup/columns.ts";
import { type Level, levels } from "../rollup/levels.ts";
import type { Db } from "./database.ts";
import { dayMs, dayOf } from "./partitions.ts";
import type { Undo } from "./undo.ts";

/** Days a table holds: what is dropped whole at the end of retention, so also how much longer a bucket may stay. */
const daysEach: Readonly<Record<Level, number>> = { "5-minute": 8, hourly: 64 };

export interface Shelf {
  table: string;
  level: Level;
  measurement: string;
  /** First UTC day since 1970. */
  day: number;
  columns: ReadonlySet<string>;
  /** The statement that it was made by; absent where it was made here. */
  sql?: string;
}

export type Shelves = ReturnType<typeof createShelves>;

/** Roll-ups: one table per level, measurement and some days: `<level>:<measurement>:<yyyymmdd>`.
 *  @param undo as in createPartitions */
export function createShelves(db: Db, catalogue: Catalogue, undo?: Pick<Undo, "note">) {
  let known = new Map<string, Shelf>();
  let ready = new Map<string, Shelf>();
  const columnsKept = new Map(Object.entries(catalogue).map(([m, { fields }]) => [m, columnsOf(fields)]));
  const keyOf = (level: Level, measurement: string, day: number): string => `${level} ${measurement} ${day}`;

  const load = (): void => {
    const before = known;
    known = new Map();
    ready = new Map();
    const tables = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table'").raw();
    for (const [table, sql] of tables.all() as [string, string][]) {
      const [, found, measurement, yyyy, mm, dd] = tableShape.exec(table) ?? [];
      const level = levels.find((one) => one === found);
      if (!measurement || !level) continue;
      const day = dayOf(Date.UTC(Number(yyyy), Number(mm) - 1, Number(dd)));
      const key = keyOf(level, measurement, day);
      const same = before.get(key);
      known.set(key, same?.sql === sql ? same : { table, level, measurement, day, sql, columns: namesOf(table) });
    }
  };
  const namesOf = (table: string): Set<string> => {
    const names = db.prepare(`SELECT name FROM pragma_table_info('${table}')`).raw().all() as [string][];
    return new Set(names.map(([name]) => name));
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

  const widened = (shelf: Shelf): Shelf => {
    const { table, level, measurement, day } = shelf;
    const missing = (columnsKept.get(measurement) ?? []).filter(({ name }) => !shelf.columns.has(name));
    if (missing.length === 0) return shelf;
    for (const column of missing) db.exec(`ALTER TABLE "${table}" ADD COLUMN ${declared(column)}`);
    return { table, level, measurement, day, columns: new Set([...shelf.columns, ...missing.map(({ name }) => name)]) };
  };

  return {
    /** Looks at all tables again. */
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
      const before = known.get(key);
      const shelf = before ? widened(before) : make(level, measurement, day);
      known.set(key, shelf);
      ready.set(key, shelf);
      undo?.note(() => {
        ready.delete(key);
        if (before) known.set(key, before);
        else known.delete(key);
      });
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
