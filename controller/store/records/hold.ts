import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "libsql";
import { SettingsError } from "../../base/errors.ts";

/** Takes the data folder for this process. Two controllers on one would each keep a ledger in memory and write over the
 *  other's. The lock is the kernel's, through SQLite: it ends with the process, however that ends.
 *  @returns gives it back
 *  @throws SettingsError when another controller has it */
export function holdFolder(dataDir: string): () => Promise<void> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = new Sqlite(join(dataDir, "lock.db"));
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if ((error as { code?: unknown }).code !== "SQLITE_BUSY") throw error;
    throw new SettingsError("dataDir", `"${dataDir}", in use by another controller`, "a folder of its own");
  }
  return async () => void lock.close();
}
