import { mkdtempSync, rmSync } from "node:fs";
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

/** Real records in a folder of their own. */
export async function freshRecords(): Promise<Fresh> {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-test-"));
  const clock = handClock();
  const records = await openRecords({ file: join(folder, "records.db"), log: quiet, clock });
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
