import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { writePrivate } from "../base/keys.ts";
import { describeFile, keysName, type Manifest, manifestName } from "./manifest.ts";
import { sealFiles } from "./sealed.ts";
import { checkDatabase, type Progress, snapshot } from "./snapshot.ts";

export interface BackupNeeds {
  dataDir: string;
  store: "embedded" | "influx";
  /** A new folder in this one is made. */
  into: string;
  /** null: without the keys. */
  passphrase: string | null;
  version: string;
  clock: Clock;
  progress: (step: Progress) => void;
}

export interface Backup extends Manifest {
  folder: string;
  rows: number;
}

/** Backs up a controller that may be running: records first, then the embedded series, then the keys in a sealed file.
 *  What is there under the final name is whole: it is written beside it, checked, put on disk, and renamed. */
export async function writeBackup(needs: BackupNeeds): Promise<Backup> {
  const { dataDir, into, clock, version, store } = needs;
  const names = (
    ["records.db", ...(store === "embedded" ? ["series.db"] : [])] as Manifest["files"][number]["name"][]
  ).filter((name) => existsSync(join(dataDir, name)));
  if (!names.includes("records.db")) throw new Error(`"${dataDir}" holds no controller's data: there is no records.db`);
  mkdirSync(into, { recursive: true, mode: 0o700 });
  checkRoom(
    into,
    names.reduce((sum, name) => sum + sizeOf(join(dataDir, name)), 0),
  );
  const at = clock.now();
  const folder = join(into, `lamplighter-${new Date(at).toISOString().slice(0, 19).replaceAll(":", "-")}Z`);
  const fresh = `${folder}.part`;
  if (existsSync(folder) || existsSync(fresh)) throw new Error(`"${folder}" is there already: try again in a second`);
  mkdirSync(fresh, { mode: 0o700 });
  try {
    let rows = 0;
    const files: Manifest["files"] = [];
    for (const name of names) {
      rows += snapshot(join(dataDir, name), join(fresh, name), name, needs.progress).rows;
      checkDatabase(join(fresh, name), name);
      syncPath(join(fresh, name));
      files.push({ name, ...(await describeFile(join(fresh, name))) });
    }
    const keys = needs.passphrase === null ? {} : readKeys(join(dataDir, "keys"));
    if (needs.passphrase !== null) writePrivate(join(fresh, keysName), sealFiles(keys, needs.passphrase));
    const manifest: Manifest = { v: 1, version, at, store, files, keys: Object.keys(keys) };
    writePrivate(join(fresh, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    syncPath(fresh);
    renameSync(fresh, folder);
    syncPath(into);
    return { ...manifest, folder, rows };
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
}

/** With what has not been put into the file yet. */
const sizeOf = (file: string): number =>
  [file, `${file}-wal`].reduce((sum, one) => sum + (existsSync(one) ? statSync(one).size : 0), 0);

function checkRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= bytes) return;
  const mib = (n: number): string => `${Math.ceil(n / 2 ** 20)} MiB`;
  throw new Error(`"${folder}" has room for ${mib(bavail * bsize)}, the backup may need ${mib(bytes)}`);
}

function readKeys(folder: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => /^[a-z0-9-]+\.(pem|key|json)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** A file or a folder is on disk when this returns. */
export function syncPath(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
