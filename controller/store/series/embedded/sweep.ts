import type { Clock } from "../../../base/clock.ts";
import { type Db, inTransaction } from "./database.ts";

/** A turn of deleting; after it, writes that wait get in between. */
const turnMs = 12;
const rowsAtOnce = 500;

/** Empties tables in small bites and drops them: to drop a full one keeps everybody waiting, 55 ms a million rows when
 *  all of it is in memory.
 *  @param gone gets the tables that are gone, also when the disk fails at a later one */
export function sweep(db: Db, tables: readonly string[], clock: Pick<Clock, "monotonic">, gone: string[]): void {
  const until = clock.monotonic() + turnMs;
  for (const table of tables) {
    while (bite(db, table)) if (clock.monotonic() >= until) return;
    db.exec(`DROP TABLE "${table}"`);
    gone.push(table);
    if (clock.monotonic() >= until) return;
  }
}

/** @returns whether rows are left */
function bite(db: Db, table: string): boolean {
  const key = db
    .prepare(`SELECT device, series, at FROM "${table}" ORDER BY device, series, at LIMIT 1 OFFSET ${rowsAtOnce}`)
    .raw()
    .get([]) as [number, number, number] | undefined;
  if (!key) return false;
  inTransaction(db, () => db.prepare(`DELETE FROM "${table}" WHERE (device, series, at) < (?, ?, ?)`).run(key));
  return true;
}
