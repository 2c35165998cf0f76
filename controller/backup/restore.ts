import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Clock } from "../base/clock.ts";
import { writePrivate } from "../base/keys.ts";
import type { Log } from "../base/log.ts";
import { noteRestored } from "../ingest/index.ts";
import { forgetBackfill } from "../rollup/index.ts";
import { holdFolder, openRecords } from "../store/records/index.ts";
import { describeFile, keysName, type Manifest, readManifest, readSmall } from "./manifest.ts";
import { openFiles } from "./sealed.ts";
import { checkDatabase, type Progress } from "./snapshot.ts";
import { syncPath } from "./write.ts";

export interface RestoreNeeds {
  /** The backup. */
  folder: string;
  /** Must be empty or not there, unless `replace`. */
  dataDir: string;
  /** null: without the keys. */
  passphrase: string | null;
  /** What is in the data folder is kept beside it, under another name. */
  replace: boolean;
  clock: Clock;
  log: Log;
  progress: (step: Progress) => void;
}

export interface Restored extends Manifest {
  /** Where the data folder of before is now. */
  before: string | null;
}

/** Puts a backup in place, for a controller that is started on it afterwards. Everything is checked and complete in a
 *  folder beside it before the first name is changed. Throws a sentence when anything is wrong with it. */
export async function restoreBackup(needs: RestoreNeeds): Promise<Restored> {
  const { folder, clock, replace, passphrase } = needs;
  // Behind a link lies where there is room: the link stays, what it names is exchanged.
  const dataDir = existsSync(needs.dataDir) ? realpathSync(needs.dataDir) : resolve(needs.dataDir);
  const manifest = readManifest(folder);
  const keys = passphrase === null ? {} : keysOf(folder, passphrase);
  if (existsSync(dataDir) && statSync(dataDir).dev !== statSync(dirname(dataDir)).dev)
    throw new Error(`"${dataDir}" is a file system of its own and cannot be exchanged: name a folder in it`);
  const release = replace || isEmpty(dataDir) ? hold(dataDir) : refuse(dataDir);
  try {
    mkdirSync(dirname(dataDir), { recursive: true });
    const fresh = mkdtempSync(`${dataDir}.restoring-`);
    try {
      await fill(fresh, manifest, keys, needs);
      const before = isEmpty(dataDir)
        ? null
        : `${dataDir}.before-${new Date(clock.now()).toISOString().replaceAll(":", "-")}`;
      if (before) renameSync(dataDir, before);
      else rmSync(dataDir, { recursive: true, force: true });
      try {
        renameSync(fresh, dataDir);
      } catch (error) {
        if (before) renameSync(before, dataDir);
        throw error;
      }
      syncPath(dirname(dataDir));
      return { ...manifest, before };
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      throw error;
    }
  } finally {
    await release();
  }
}

function keysOf(folder: string, passphrase: string): Record<string, string> {
  const sealed = readSmall(join(folder, keysName));
  if (sealed === null) throw new Error(`the backup has no ${keysName}: --without-keys restores the rest`);
  return openFiles(sealed, passphrase);
}

/** What lies there although nobody's data is in it. */
const isEmpty = (dataDir: string): boolean =>
  !existsSync(dataDir) || readdirSync(dataDir).every((name) => name.startsWith("lock.db"));

/** Nobody else may be running on it meanwhile. */
const hold = (dataDir: string): (() => Promise<void>) =>
  existsSync(dataDir) ? holdFolder(dataDir) : () => Promise.resolve();

function refuse(dataDir: string): never {
  throw new Error(
    `"${dataDir}" is not empty: name another folder, or --replace to keep what is there under another name`,
  );
}

async function fill(
  fresh: string,
  manifest: Manifest,
  keys: Record<string, string>,
  { folder, clock, log, progress }: RestoreNeeds,
): Promise<void> {
  for (const [at, file] of manifest.files.entries()) {
    progress({ what: file.name, done: at, of: manifest.files.length });
    const found = await describeFile(join(folder, file.name)).catch(() => null);
    if (found?.sha256 !== file.sha256)
      throw new Error(`${file.name} is not what was backed up: ${found ? "changed" : "missing"}`);
    copyFileSync(join(folder, file.name), join(fresh, file.name), constants.COPYFILE_FICLONE);
    checkDatabase(join(fresh, file.name), file.name);
  }
  mkdirSync(join(fresh, "keys"), { mode: 0o700 });
  for (const [name, text] of Object.entries(keys)) writePrivate(join(fresh, "keys", name), text);
  // Brings it up to date, or refuses one by a newer program.
  const records = await openRecords({ file: join(fresh, "records.db"), clock, log });
  try {
    await noteRestored(records.db, { from: manifest.at, to: clock.now() });
    // Between the two snapshots an hour may have been rolled up that the records still call marked, or the other way.
    await forgetBackfill(records.db);
  } finally {
    await records.close();
  }
  for (const { name } of manifest.files) syncPath(join(fresh, name));
  syncPath(join(fresh, "keys"));
  syncPath(fresh);
  progress({ what: "done", done: manifest.files.length, of: manifest.files.length });
}
