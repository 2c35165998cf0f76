import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRecords } from "../../../controller/store/records/index.ts";
import { keepStatements, statementsKept } from "../../../controller/store/records/statements.ts";
import { type Fresh, freshRecords, quiet } from "./fresh.ts";

let fresh: Fresh;
beforeEach(async () => {
  fresh = await freshRecords();
});
afterEach(() => fresh.end());
const file = () => join(fresh.folder, "records.db");

test("a fresh database has one organisation, and what is committed is on disk", async () => {
  const { db } = fresh.records;
  expect(await db.selectFrom("organisation").select("id").execute()).toEqual([{ id: fresh.records.organisation }]);
  const pragma = async (name: string) =>
    Object.values((await sql.raw(`PRAGMA ${name}`).execute(db)).rows[0] as object)[0];
  expect([await pragma("journal_mode"), await pragma("synchronous"), await pragma("foreign_keys")]).toEqual([
    "wal",
    2,
    1,
  ]);
  expect(await pragma("busy_timeout")).toBeGreaterThan(0);
});

test("from nothing: the folder, the file and every table are made", async () => {
  const path = join(fresh.folder, "new", "records.db");
  const made = await openRecords({ file: path, log: quiet, clock: fresh.clock });
  for (const table of ["user", "session", "audit", "site", "device", "credential", "enrolment", "membership"] as const)
    expect(await made.db.selectFrom(table).selectAll().execute()).toEqual([]);
  await made.close();
});

test("opening it again changes nothing", async () => {
  const names = () => sql<{ name: string }>`SELECT name FROM kysely_migration ORDER BY name`.execute(fresh.records.db);
  const before = await names();
  const again = await openRecords({ file: file(), log: quiet, clock: fresh.clock });
  await again.close();
  expect((await names()).rows).toEqual(before.rows);
});

test("what a newer program wrote is refused, by the name of what is unknown", async () => {
  await sql`INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '2030-01-01')`.execute(
    fresh.records.db,
  );
  const open = openRecords({ file: file(), log: quiet, clock: fresh.clock });
  await expect(open).rejects.toThrow(/written by a newer version of Lamplighter \(it has "9999-later"\)/);
});

test("a reference to nothing is refused", async () => {
  const row = { secret_hash: "x", user: "user_none", created_at: 1, seen_at: 1, expires_at: 1 };
  await expect(fresh.records.db.insertInto("session").values(row).execute()).rejects.toThrow(/FOREIGN KEY/);
});

test("a transaction that fails leaves nothing", async () => {
  const { db } = fresh.records;
  const work = db.transaction().execute(async (t) => {
    await t.insertInto("organisation").values({ id: "second", name: "", created_at: 1 }).execute();
    throw new Error("planted");
  });
  await expect(work).rejects.toThrow("planted");
  expect(await db.selectFrom("organisation").select("id").execute()).toHaveLength(1);
});

test("statements are kept ready, and a bound on them holds", async () => {
  let made = 0;
  const sqlite = keepStatements({ close() {}, prepare: (text) => ({ text, nth: ++made }) as never });
  const first = sqlite.prepare("0");
  expect(sqlite.prepare("0")).toBe(first);
  for (let n = 1; n <= statementsKept; n++) sqlite.prepare(String(n));
  expect(sqlite.prepare("0")).not.toBe(first);
  expect(made).toBe(statementsKept + 2);
});

test("a kept statement that failed once works again", async () => {
  const { db } = fresh.records;
  const add = (id: string) => db.insertInto("organisation").values({ id, name: "", created_at: 1 }).execute();
  await add("demo");
  await expect(add("demo")).rejects.toThrow(/UNIQUE/);
  await add("demo-2");
  expect(await db.selectFrom("organisation").select("id").where("id", "like", "demo%").execute()).toHaveLength(2);
});
