import type { Clock } from "../../../base/clock.ts";
import type { Catalogue } from "../accept.ts";
import type { DeviceHour, ImportedBucket } from "../contract.ts";
import { type Row, rollUp } from "../rollup/compute.ts";
import { hourMs, type Level, levels } from "../rollup/levels.ts";
import { type Db, inTransaction } from "./database.ts";
import type { Directory, SeriesEntry } from "./directory.ts";
import { dayOf, type Partitions } from "./partitions.ts";
import type { Shelf, Shelves } from "./shelves.ts";

/** A turn of the roller: after it, writes that wait get in between. */
const turnMs = 12;
/** Statements kept ready: a few a table. */
const statementsKept = 256;

type Statement = { run(values: unknown[]): unknown; all(values: unknown[]): unknown[] };

/** Makes buckets from raw points, in the same file. */
export function createRoller(needs: {
  db: Db;
  catalogue: Catalogue;
  directory: Directory;
  partitions: Partitions;
  shelves: Shelves;
  clock: Pick<Clock, "monotonic">;
}) {
  const { db, catalogue, directory, partitions, shelves, clock } = needs;
  const statements = new Map<string, Statement>();
  /** Where a turn ended within an hour. */
  let within = { key: "", series: 0 };

  /** Building the text of a wide statement costs more than running it. */
  const prepared = (kind: "clear" | "put" | "rows", table: string, text: () => string): Statement => {
    const key = `${kind} ${table}`;
    const ready = statements.get(key);
    if (ready) return ready;
    if (statements.size >= statementsKept) statements.clear();
    const made = db.prepare(text());
    const statement = (kind === "rows" ? made.raw() : made) as unknown as Statement;
    statements.set(key, statement);
    return statement;
  };

  const clear = (level: Level, m: string, entry: SeriesEntry, from: number, to: number): void => {
    for (const { table } of shelves.between(level, m, from, to)) {
      const text = () => `DELETE FROM "${table}" WHERE device = ? AND series = ? AND at >= ? AND at < ?`;
      prepared("clear", table, text).run([entry.device, entry.id, from, to]);
    }
  };

  const put = (
    { table, measurement }: Shelf,
    entry: SeriesEntry,
    at: number,
    fields: ImportedBucket["fields"],
  ): void => {
    const columns = shelves.columnsKept(measurement);
    const values: unknown[] = [entry.device, entry.id, at];
    for (const { field, stat } of columns) values.push(fields[field]?.[stat] ?? null);
    prepared("put", table, () => {
      const names = ["device", "series", "at", ...columns.map(({ name }) => `"${name}"`)];
      return `INSERT OR REPLACE INTO "${table}" (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
    }).run(values);
  };

  const roll = (m: string, entry: SeriesEntry, hourAt: number): void => {
    const tables = partitions.between(m, hourAt, hourAt + hourMs);
    // Its raw points were dropped: what was made of them is all that is left.
    if (tables.length === 0) return;
    for (const level of levels) clear(level, m, entry, hourAt, hourAt + hourMs);
    for (const { table, columns } of tables) {
      const names = [...columns];
      const text = () => `SELECT at, ${names.map((name) => `"${name}"`).join(", ")} FROM "${table}"
        WHERE device = ? AND series = ? AND at >= ? AND at < ? ORDER BY at`;
      const rows = prepared("rows", `${table} ${names.length}`, text).all([
        entry.device,
        entry.id,
        hourAt,
        hourAt + hourMs,
      ]) as Row[];
      if (rows.length === 0) continue;
      for (const { level, at, fields } of rollUp(rows, names, catalogue[m]?.fields ?? {}))
        put(shelves.forWriting(level, m, at), entry, at, fields);
    }
  };

  return {
    /** @returns how many of the hours are done: as many as go in one turn */
    rollUp(hours: readonly DeviceHour[]): number {
      const until = clock.monotonic() + turnMs;
      return inTransaction(db, () => {
        for (const [done, { device, hourAt }] of hours.entries()) {
          const key = `${device} ${hourAt}`;
          const all = directory.allOf(device);
          const start = within.key === key ? within.series : 0;
          within = { key: "", series: 0 };
          for (let i = start; i < all.length; i++) {
            const { m, entry } = all[i] as (typeof all)[number];
            if (entry.lastDay >= dayOf(hourAt)) roll(m, entry, hourAt);
            if (clock.monotonic() < until) continue;
            if (i + 1 < all.length) within = { key, series: i + 1 };
            return i + 1 < all.length ? done : done + 1;
          }
        }
        return hours.length;
      });
    },

    put(level: Level, buckets: readonly ImportedBucket[]): void {
      inTransaction(db, () => {
        for (const { device, m, tags, at, fields } of buckets) {
          const entry = directory.entryOf({ device, m, tags }, dayOf(at));
          put(shelves.forWriting(level, m, at), entry, at, fields);
        }
      });
    },

    /** After a drop or a roll-back. */
    forget(): void {
      statements.clear();
      within = { key: "", series: 0 };
    },
  };
}
