import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MessageChannel } from "node:worker_threads";
import { beforeEach, describe, expect, it } from "vitest";
import { catalogue } from "#wire";
import { systemClock } from "../../../controller/base/clock.ts";
import type { Catalogue } from "../../../controller/store/series/accept.ts";
import type { openDatabase } from "../../../controller/store/series/embedded/database.ts";
import { openAndServe } from "../../../controller/store/series/embedded/serve.ts";
import { later } from "../../undo.ts";
import { at, dayMs, freshFile, load1, plan, point, serveBoth } from "./inside.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  file = await freshFile();
  folder = dirname(file);
});
const serve = (definitions?: Catalogue) => serveBoth(file, definitions);
const value = (value: unknown) => expect.objectContaining({ ok: true, value });
const tables = (db: ReturnType<typeof openDatabase>) =>
  (db.prepare("SELECT name FROM sqlite_master WHERE name GLOB '*_[0-9]*' ORDER BY name").raw().all() as [string][])
    .flat()
    .filter((name) => !name.startsWith("sqlite"));
describe("the series worker", () => {
  it("keeps a table per measurement and day", async () => {
    const { db, ask } = serve();
    const other = point({ m: "probe", tags: { probe: "p", kind: "dns" }, fields: { success: 1 } });
    await ask("write", { points: [point(), point({ at: at + dayMs }), other] });
    expect(tables(db)).toEqual(["probe_20241004", "system_20241004", "system_20241005"]);
    await ask("close");
  });

  it("stores all of a write or nothing", async () => {
    const { db, ask } = serve();
    const broken = point({ device: "e", m: "probe", at: at + 1, tags: { probe: "p" }, fields: {} });
    db.exec('CREATE TABLE "probe_20241004" (device, series, wrong)');
    const answered = await ask("write", { points: [point(), broken] });
    expect(answered).toMatchObject({ ok: false });
    expect(await ask("count", { device: "d", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(0));
    db.exec('DROP TABLE "probe_20241004"');
    // It finds the table gone, and looks again.
    expect(await ask("write", { points: [point(), broken] })).toMatchObject({ ok: false });
    expect(await ask("write", { points: [point(), broken] })).toMatchObject({ ok: true });
    expect(await ask("count", { device: "d", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(1));
    await ask("close");
  });

  it("says that it is away when the disk is full, keeps what it has, and goes on when there is room", async () => {
    const { db, ask } = serve();
    await ask("write", { points: [point()] });
    const [{ page_count: pages }] = db.pragma("page_count") as [{ page_count: number }];
    db.pragma(`max_page_count = ${pages}`);
    const many = Array.from({ length: 2_000 }, (_, i) => point({ device: `e-${i % 7}`, at: at + i }));
    expect(await ask("write", { points: many })).toMatchObject({ ok: false, failure: { kind: "away" } });
    expect(await ask("query", { query: load1 })).toMatchObject(value([{ device: "d", tags: {}, points: [[at, 1]] }]));
    db.pragma("max_page_count = 1000000");
    expect(await ask("check")).toMatchObject({ ok: true });
    expect(await ask("write", { points: many })).toMatchObject({ ok: true });
    expect(await ask("count", { device: "e-0", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(286));
    await ask("close");
  });

  it("takes back what a failed write made, and reads nothing again for it", async () => {
    const { db, ask } = serve();
    const probe = point({ m: "probe", tags: { probe: "p", kind: "dns" }, fields: { success: 1 } });
    await ask("write", { points: [point(), point({ device: "e" })] });
    const pages = (db.pragma("page_count") as [{ page_count: number }])[0].page_count;
    const looked: string[] = [];
    const prepare = db.prepare.bind(db);
    db.prepare = ((text: string) => {
      looked.push(text);
      return prepare(text);
    }) as typeof db.prepare;
    db.pragma(`max_page_count = ${pages + 1}`);
    const many = Array.from({ length: 500 }, (_, i) => point({ device: `n-${i}`, at: at + dayMs + i }));
    const points = [point({ at: at + dayMs }), probe, point({ device: "new", at: at + 2 * dayMs }), ...many];
    expect(await ask("write", { points })).toMatchObject({ ok: false, failure: { kind: "away" } });
    expect(looked.filter((text) => /sqlite_master|FROM (device|series)/.test(text))).toEqual([]);
    expect(tables(db)).toEqual(["system_20241004"]);
    db.pragma("max_page_count = 1000000");
    expect(await ask("write", { points })).toMatchObject({ ok: true });
    expect(await ask("latest", { since: at })).toMatchObject({ ok: true, value: { length: 504 } });
    expect(prepare("SELECT count(*), max(last_day) FROM series").raw().get([])).toEqual([504, 20_002]);
    expect(tables(db)).toEqual(["probe_20241004", "system_20241004", "system_20241005", "system_20241006"]);
    await ask("close");
  });

  it("grows with the catalogue: an old day gets the new column when it is written to", async () => {
    const { system } = catalogue;
    const { load1: _, ...fewer } = system.fields;
    const before = serve({ ...catalogue, system: { ...system, fields: fewer } });
    await before.ask("write", { points: [point({ fields: { load5: 5 } })] });
    await before.ask("close");

    const { ask } = serve();
    expect(await ask("query", { query: load1 })).toMatchObject(value([]));
    expect(await ask("latest", { since: 0 })).toMatchObject(value([point({ fields: { load5: 5 } })]));
    await ask("write", { points: [point({ fields: { load1: 1 } })] });
    expect(await ask("latest", { since: 0 })).toMatchObject(value([point({ fields: { load1: 1, load5: 5 } })]));
    await ask("close");
  });

  it("drops whole days, and the series and devices that are left with none", async () => {
    const { db, ask } = serve();
    await ask("write", {
      points: [
        point({ device: "gone", at: at - 1 }),
        point({ at: at - dayMs }),
        point({ at: at + 5 }),
        point({ at: at + dayMs }),
      ],
    });
    expect(
      await ask("retain", { oldestAt: { raw: at + 1_000, fiveMinute: at + 1_000, hourly: at + 1_000 } }),
    ).toMatchObject(value({ dropped: ["system_20241003"], more: false }));
    expect(await ask("count", { device: "d", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(2));
    expect(db.prepare("SELECT name FROM device").raw().all()).toEqual([["d"]]);
    await ask("write", { points: [point({ device: "gone", at: at + 9 })] });
    expect(await ask("count", { device: "gone", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(1));
    await ask("close");
  });

  it("drops what is over without looking at everything else again: that would keep writes waiting", async () => {
    const { db, ask } = serve();
    const points = Array.from({ length: 30 }, (_, i) => point({ device: `d-${i}`, at: at - (i % 3) * dayMs }));
    await ask("write", { points });
    const looked: string[] = [];
    const prepare = db.prepare.bind(db);
    db.prepare = ((text: string) => {
      looked.push(text);
      return prepare(text);
    }) as typeof db.prepare;
    const oldestAt = { raw: at, fiveMinute: at, hourly: at - dayMs };
    const dropped = ["system_20241002", "system_20241003"];
    expect(await ask("retain", { oldestAt })).toMatchObject(
      value({ dropped: expect.arrayContaining(dropped), more: false }),
    );
    expect(looked.filter((text) => !dropped.some((table) => text.includes(table)))).toEqual([]);
    expect(await ask("latest", { since: 0 })).toMatchObject({ ok: true, value: { length: 10 } });
    expect(prepare("SELECT count(*) FROM device").raw().get([])).toEqual([20]);
    await ask("close");
  });

  it("rolls up in turns, drops each level when its time is over, and knows a series as long as its hours", async () => {
    const { db, ask } = serve();
    const points = Array.from({ length: 60 }, (_, i) => point({ at: at + i * 60_000, fields: { load1: i } }));
    await ask("write", { points });
    const hours = [{ device: "d", hourAt: at }];
    const all = (): unknown[] =>
      db.prepare("SELECT name FROM sqlite_master WHERE name GLOB '*:*' ORDER BY name").raw().all().flat();
    expect(await ask("rollUp", { hours })).toMatchObject(value(1));
    expect(all()).toEqual(["5-minute:system:20241004", "hourly:system:20240902"]);
    const kept = (table: string) => db.prepare(`SELECT count(*) FROM "${table}"`).raw().get([]);
    expect(kept("5-minute:system:20241004")).toEqual([12]);
    expect(kept("hourly:system:20240902")).toEqual([1]);
    const oldestAt = { raw: at + dayMs, fiveMinute: at - dayMs, hourly: 0 };
    expect(await ask("retain", { oldestAt })).toMatchObject(value({ dropped: ["system_20241004"], more: false }));
    const hourly = { ...load1, to: at + dayMs, everyMs: 3_600_000, fn: "sum" };
    const spans = [{ level: "hourly", from: 0, to: at + dayMs }];
    const series = [{ device: "d", tags: {}, points: [[at, 1_770]] }];
    expect(await ask("query", { query: hourly, plan: { ...plan, spans } })).toMatchObject(value(series));
    // Marked all the same, it keeps what it has: there is nothing to make it anew from.
    expect(await ask("rollUp", { hours })).toMatchObject(value(1));
    expect(await ask("query", { query: hourly, plan: { ...plan, spans } })).toMatchObject(value(series));
    const later = { raw: at + dayMs, fiveMinute: at + 9 * dayMs, hourly: at + 70 * dayMs };
    expect(await ask("retain", { oldestAt: later })).toMatchObject(
      value({ dropped: ["5-minute:system:20241004", "hourly:system:20240902"], more: false }),
    );
    expect(db.prepare("SELECT name FROM device").raw().all()).toEqual([]);
    await ask("close");
  });

  it("empties a large table over several turns, with others in between", async () => {
    const { ask } = serve();
    for (let i = 0; i < 4; i++)
      await ask("write", { points: Array.from({ length: 5_000 }, (_, n) => point({ at: at + i * 5_000 + n })) });
    const oldestAt = { raw: at + dayMs, fiveMinute: 0, hourly: 0 };
    for (let more = true; more; ) {
      const answered = await ask("retain", { oldestAt });
      if (!answered.ok) throw new Error(answered.failure.message);
      more = (answered.value as { more: boolean }).more;
    }
    expect(await ask("count", { device: "d", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(0));
    await ask("close");
  });

  it("writes to more tables than it keeps statements for", async () => {
    const { ask } = serve();
    const points = Array.from({ length: 600 }, (_, i) => point({ at: at + (i % 300) * dayMs + i }));
    expect(await ask("write", { points })).toMatchObject({ ok: true });
    expect(await ask("count", { device: "d", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(600));
    await ask("close");
  });

  it.each([
    [
      "is not a database",
      async () => {
        await writeFile(file, "These are not the bytes of a database. ".repeat(100));
        return file;
      },
    ],
    ["is a folder", async () => folder],
    ["is in no folder", async () => join(folder, "nowhere", "series.db")],
  ])("asks for a person when its file %s", async (_, spoil) => {
    const spoilt = await spoil();
    const { port1, port2 } = new MessageChannel();
    later(async () => port1.close());
    const answered = new Promise((resolve) => port1.once("message", resolve));
    openAndServe(port2, { side: "write", file: spoilt, catalogue }, systemClock);
    expect(await answered).toMatchObject({ id: 0, ok: false, failure: { kind: "person" } });
  });
});
