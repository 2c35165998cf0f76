import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** A database that was just migrated, so that not every test waits for that. */
let migrated: Promise<Buffer> | undefined;
async function migrateOnce(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-test-"));
  const file = join(folder, "records.db");
  await (await openRecords({ file, log: quiet, clock: handClock() })).close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
}

/** Real records in a folder of their own. */
export async function freshRecords(): Promise<Fresh> {
  migrated ??= migrateOnce();
  const bytes = await migrated;
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
