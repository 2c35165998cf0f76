import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import Sqlite from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BackupNeeds, restoreBackup, writeBackup } from "../../../controller/backup/index.ts";
import { checkDatabase, snapshot } from "../../../controller/backup/snapshot.ts";
import { addContentKey, openContentKeys } from "../../../controller/base/key-set.ts";
import { openKeys } from "../../../controller/base/keys.ts";
import { readRestores } from "../../../controller/ingest/index.ts";
import { holdFolder, openRecords } from "../../../controller/store/records/index.ts";
import { type Fresh, freshRecords, quiet } from "../records/fresh.ts";

let fresh: Fresh;
beforeEach(async () => {
  fresh = await freshRecords();
});
afterEach(() => fresh.end());

const passphrase = "twelve lamps in a row";
const dataDir = () => fresh.folder;
const into = () => join(fresh.folder, "backups");
const silent = () => {};

function back(wish: Partial<BackupNeeds> = {}) {
  const needs = { dataDir: dataDir(), store: "embedded" as const, into: into(), passphrase, version: "1.2.3" };
  return writeBackup({ ...needs, clock: fresh.clock, progress: silent, ...wish });
}

function series(): Sqlite.Database {
  const db = new Sqlite(join(dataDir(), "series.db"));
  db.pragma("journal_mode = WAL");
  db.exec(
    `CREATE TABLE IF NOT EXISTS system_20261124 (device INTEGER, at INTEGER, v REAL, PRIMARY KEY (device, at)) WITHOUT ROWID`,
  );
  db.exec(`CREATE TABLE IF NOT EXISTS device (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE)`);
  db.exec(`CREATE INDEX IF NOT EXISTS "by at" ON system_20261124 (at)`);
  return db;
}

const restore = (folder: string, to: string, wish: object = {}) =>
  restoreBackup({
    folder,
    dataDir: to,
    passphrase,
    replace: false,
    clock: fresh.clock,
    log: quiet,
    progress: silent,
    ...wish,
  });

test("a copy is of one moment, with indexes and numbers that are not given out again", () => {
  const db = series();
  db.exec("INSERT INTO device (name) VALUES ('a'), ('b'); DELETE FROM device WHERE name = 'b'");
  db.exec("INSERT INTO system_20261124 VALUES (1, 1, 0.5)");
  const to = join(fresh.folder, "copy.db");
  // Somebody writes while it is copied: in the last table's turn, what the first one's turn did not see.
  snapshot(join(dataDir(), "series.db"), to, "series.db", () => {
    db.exec("INSERT INTO device (name) VALUES (hex(randomblob(8)))");
    db.exec("INSERT INTO system_20261124 SELECT max(device) + 1, 1, 0 FROM system_20261124");
  });
  db.close();
  const copy = new Sqlite(to);
  const all = (text: string) => copy.prepare(text).raw().all();
  const [[devices], [points]] = [
    all("SELECT count(*) FROM device")[0],
    all("SELECT count(*) FROM system_20261124")[0],
  ] as [number[], number[]];
  // Before or after the first of those writes, and none of the later ones.
  expect(devices).toBe(points);
  expect(devices).toBeLessThanOrEqual(2);
  expect(all("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")).toEqual([["by at"]]);
  expect(all("SELECT name, seq >= 2 FROM sqlite_sequence")).toEqual([["device", 1]]);
  copy.close();
});

test("there and back: records, series and keys are what they were, and the restore is noted", async () => {
  const db = series();
  db.exec("INSERT INTO system_20261124 VALUES (1, 1, 0.5), (1, 2, 1.5)");
  openKeys(join(dataDir(), "keys"));
  addContentKey(join(dataDir(), "keys"));
  const keys = openContentKeys(join(dataDir(), "keys"));
  await fresh.records.db.insertInto("organisation").values({ id: "town", name: "Tåwn", created_at: 7 }).execute();
  const made = await back();
  db.exec("DELETE FROM system_20261124");
  db.close();
  expect(made.files.map(({ name }) => name)).toEqual(["records.db", "series.db"]);
  expect(made.keys.sort()).toEqual(["content-2.pem", "content.pem", "key-set.json", "online.pem", "tls.pem"]);
  expect(statSync(made.folder).mode & 0o077).toBe(0);
  fresh.clock.pass(3_600_000);
  const to = join(fresh.folder, "again");
  await restore(made.folder, to);

  const records = await openRecords({ file: join(to, "records.db"), log: quiet, clock: fresh.clock });
  const names = await records.db.selectFrom("organisation").select("name").where("id", "=", "town").execute();
  expect(names).toEqual([{ name: "Tåwn" }]);
  expect(await readRestores(records.db)).toEqual([{ from: made.at, to: fresh.clock.now() }]);
  await records.close();
  const copy = new Sqlite(join(to, "series.db"));
  expect(copy.prepare("SELECT v FROM system_20261124 ORDER BY at").raw().all()).toEqual([[0.5], [1.5]]);
  copy.close();
  const restored = openContentKeys(join(to, "keys"));
  expect(restored.version).toBe(2);
  expect(restored.content.map((one, i) => keys.content[i]?.private.equals(one.private))).toEqual([true, true]);
});

test("with another passphrase, or keys that are none, nothing is touched", async () => {
  openKeys(join(dataDir(), "keys"));
  const { folder } = await back();
  const to = join(fresh.folder, "again");
  await expect(restore(folder, to, { passphrase: "another passphrase" })).rejects.toThrow("another passphrase");
  const sealed = JSON.parse(readFileSync(join(folder, "keys.sealed"), "utf8")) as { box: string };
  sealed.box = (sealed.box[0] === "A" ? "B" : "A") + sealed.box.slice(1);
  writeFileSync(join(folder, "keys.sealed"), JSON.stringify(sealed));
  await expect(restore(folder, to)).rejects.toThrow("the file was changed");
  for (const text of ["", "[", JSON.stringify({ ...sealed, box: "AAAA" })]) {
    writeFileSync(join(folder, "keys.sealed"), text);
    await expect(restore(folder, to)).rejects.toThrow("the keys do not open");
  }
  rmSync(join(folder, "keys.sealed"));
  await expect(restore(folder, to)).rejects.toThrow("--without-keys restores the rest");
  expect(existsSync(to)).toBe(false);
});

test("without the keys, everything else is restored", async () => {
  openKeys(join(dataDir(), "keys"));
  const { folder } = await back();
  const to = join(fresh.folder, "again");
  await restore(folder, to, { passphrase: null });
  expect(readdirSync(join(to, "keys"))).toEqual([]);
  checkDatabase(join(to, "records.db"), "records.db");
});

test("a link to the data folder stays one: what it names is exchanged", async () => {
  const { folder } = await back({ passphrase: null });
  const [real, link] = [join(fresh.folder, "large-disk"), join(fresh.folder, "link")];
  mkdirSync(real);
  symlinkSync(real, link);
  await restore(folder, link, { passphrase: null });
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  checkDatabase(join(real, "records.db"), "records.db");
  const { before } = await restore(folder, link, { passphrase: null, replace: true });
  expect(before).toContain("large-disk.before-");
  checkDatabase(join(before ?? "", "records.db"), "records.db");
  checkDatabase(join(real, "records.db"), "records.db");
});

test("a description that says less, or something else, than a backup has is refused with what is wrong", async () => {
  const { folder } = await back({ passphrase: null });
  const file = join(folder, "backup.json");
  const good = JSON.parse(readFileSync(file, "utf8")) as { files: { name: string }[] };
  const to = join(fresh.folder, "again");
  const wrong = [
    ["{", "backup.json"],
    [{ ...good, files: [] }, "records.db is missing"],
    [{ ...good, files: good.files.map((one) => ({ ...one, name: "series.db" })) }, "records.db is missing"],
    [{ ...good, files: good.files.map((one) => ({ ...one, name: "../records.db" })) }, "backup.json"],
    [{ ...good, v: 2 }, "backup.json"],
    [{ ...good, keys: ["x".repeat(300_000)] }, "is no backup"],
  ] as const;
  for (const [text, why] of wrong) {
    writeFileSync(file, typeof text === "string" ? text : JSON.stringify(text));
    await expect(restore(folder, to, { passphrase: null })).rejects.toThrow(why);
  }
  expect(existsSync(to)).toBe(false);
});

test("two backups in one second don't meet", async () => {
  const { folder } = await back({ passphrase: null });
  await expect(back({ passphrase: null })).rejects.toThrow("is there already");
  checkDatabase(join(folder, "records.db"), "records.db");
});

test("a folder with data is refused; --replace keeps it under another name", async () => {
  const { folder } = await back({ passphrase: null });
  const to = join(fresh.folder, "used");
  mkdirSync(to);
  writeFileSync(join(to, "records.db"), "somebody's");
  await expect(restore(folder, to, { passphrase: null })).rejects.toThrow("is not empty");
  const { before } = await restore(folder, to, { replace: true, passphrase: null });
  expect(readFileSync(join(before ?? "", "records.db"), "utf8")).toBe("somebody's");
  checkDatabase(join(to, "records.db"), "records.db");
});

test("a folder that a controller runs on is refused", async () => {
  const { folder } = await back({ passphrase: null });
  const to = join(fresh.folder, "running");
  const release = holdFolder(to);
  await expect(restore(folder, to, { replace: true, passphrase: null })).rejects.toThrow(
    "in use by another controller",
  );
  await release();
});

test("what was changed since, or was cut off, is no backup", async () => {
  const { folder } = await back({ passphrase: null });
  const file = join(folder, "records.db");
  const bytes = readFileSync(file);
  bytes[bytes.length - 100] = (bytes.at(-100) ?? 0) ^ 0xff;
  writeFileSync(file, bytes);
  const to = join(fresh.folder, "again");
  await expect(restore(folder, to, { passphrase: null })).rejects.toThrow("records.db is not what was backed up");
  rmSync(join(folder, "backup.json"));
  await expect(restore(folder, to, { passphrase: null })).rejects.toThrow("is no backup");
  expect(readdirSync(fresh.folder).filter((name) => name.includes("restoring"))).toEqual([]);
});

test("data that is damaged already is no backup either, and leaves nothing", async () => {
  const file = join(dataDir(), "series.db");
  const db = series();
  const insert = db.prepare("INSERT INTO system_20261124 VALUES (1, ?, 0.5)");
  for (let at = 0; at < 3_000; at++) insert.run([at]);
  db.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096);
  writeFileSync(file, bytes);
  await expect(back({ passphrase: null })).rejects.toThrow(/malformed|damaged/);
  expect(readdirSync(into())).toEqual([]);
});

test("a folder without a controller's data says so", async () => {
  await expect(back({ dataDir: into() })).rejects.toThrow("there is no records.db");
});
