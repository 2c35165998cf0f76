import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import type { Log } from "../../../controller/base/log.ts";
import { openRecords, type Records } from "../../../controller/store/records/index.ts";
import { type HandClock, handClock } from "../base/hand-clock.ts";

export const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

export interface Fresh {
  records: Records;
  clock: HandClock;
  folder: string;
  end(): Promise<void>;
}

/** A database that was just migrated, so that not every test waits for that. Modules are loaded anew for each file of
 *  tests: what they share has to be elsewhere. */
const shared = globalThis as { lamplighterMigrated?: Promise<Buffer> };
async function migrateOnce(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-test-"));
  const file = join(folder, "records.db");
  const records = await openRecords({ file, log: quiet, clock: handClock() });
  // Else all of it is still in the file beside it.
  await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(records.db);
  await records.close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
}

/** Real records in a folder of their own. */
export async function freshRecords(): Promise<Fresh> {
  shared.lamplighterMigrated ??= migrateOnce();
  const bytes = await shared.lamplighterMigrated;
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-test-"));
  const file = join(folder, "records.db");
  writeFileSync(file, bytes);
  const clock = handClock();
  const records = await openRecords({ file, log: quiet, clock });
  return {
    records,
    clock,
    folder,
    async end() {
      await records.close();
      rmSync(folder, { recursive: true });
    },
  };
}
