import { statSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { catalogue } from "#wire";
import { openDatabase } from "../../../controller/store/series/embedded/database.ts";
import type { DeviceHour } from "../../../controller/store/series/index.ts";
import { at, dayMs, freshFile, load1, point, serveBoth } from "./inside.ts";

let file: string;
beforeEach(async () => {
  file = await freshFile();
});
const value = (value: unknown) => expect.objectContaining({ ok: true, value });

describe("the side that reads", () => {
  it("looks at tables again only when some were made or dropped, and at series where they are", async () => {
    const { readDb, ask } = serveBoth(file);
    const looked: string[] = [];
    const prepare = readDb.prepare.bind(readDb);
    readDb.prepare = ((text: string) => {
      if (text.includes("sqlite_master") || text.includes("pragma_table_info")) looked.push(text);
      return prepare(text);
    }) as typeof readDb.prepare;
    await ask("write", { points: [point()] });
    expect(await ask("count", { device: "d", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(1));
    looked.length = 0;
    for (let i = 1; i <= 20; i++) {
      await ask("write", { points: [point({ device: `e-${i}`, at: at + i })] });
      const asked = { query: { ...load1, devices: [`e-${i}`] } };
      expect(await ask("query", asked)).toMatchObject(value([{ device: `e-${i}`, tags: {}, points: [[at + i, 1]] }]));
    }
    expect(looked).toEqual([]);
    await ask("write", { points: [point({ at: at + dayMs })] });
    expect(await ask("count", { device: "d", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(2));
    // Tables of points, tables of buckets, and the columns of the one that is new.
    expect(looked).toHaveLength(3);
    await ask("retain", { oldestAt: { raw: at + dayMs, fiveMinute: at, hourly: at } });
    expect(await ask("count", { device: "d", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(1));
    expect(await ask("devicesOn", { day: 20_000 })).toMatchObject(value([]));
    await ask("close");
  });

  it("writes only where it is the writer, and answers only where it is the reader", async () => {
    const { readDb, read, write, ask } = serveBoth(file);
    await write("write", { points: [point()] });
    const fault = (message: string) => ({ ok: false, failure: { kind: "fault", message } });
    expect(await read("write", { points: [point()] })).toMatchObject(fault(`the reader answers no "write"`));
    expect(await write("latest", { since: 0 })).toMatchObject(fault(`the writer answers no "latest"`));
    expect(() => readDb.exec("DELETE FROM device")).toThrow(/readonly/);
    await ask("close");
  });

  it("cuts the log between two questions when it has grown too long", async () => {
    const { db, ask } = serveBoth(file, catalogue, { bytes: 200_000, retryMs: 0, waitMs: 100 });
    const log = (): number => statSync(`${file}-wal`).size;
    for (let i = 0; i < 200_000 / 40_000; i++) {
      const points = Array.from({ length: 500 }, (_, n) => point({ device: `d-${n}`, at: at + i }));
      await ask("write", { points });
    }
    expect(log()).toBeGreaterThan(200_000);
    expect(await ask("count", { device: "d-7", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(5));
    expect(log()).toBe(0);
    // Somebody else reads for long: it gives up and answers all the same.
    db.exec("BEGIN");
    db.prepare("SELECT count(*) FROM device").raw().get([]);
    const other = openDatabase(file);
    for (let i = 0; i < 8; i++) {
      other.exec("BEGIN IMMEDIATE");
      for (let n = 0; n < 500; n++) other.prepare("UPDATE series SET last_day = last_day + 1 WHERE id = ?").run([n]);
      other.exec("COMMIT");
    }
    expect(await ask("count", { device: "d-7", from: 0, to: 2 * at, measurement: null })).toMatchObject(value(5));
    db.exec("ROLLBACK");
    other.close();
    await ask("close");
  });

  it("knows in which hours of a day devices have points", async () => {
    const { ask } = serveBoth(file);
    const hour = 3_600_000;
    const probe = point({ m: "probe", tags: { probe: "p", kind: "dns" }, fields: { success: 1 }, at: at + 5 * hour });
    await ask("write", {
      points: [point({ at: at - 1 }), point({ at: at + 2 * hour - 1 }), point({ at: at + 2 * hour }), probe],
    });
    await ask("write", { points: [point({ device: "e", at: at + dayMs - 1 }), point({ device: "f", at })] });
    const answered = await ask("hoursOn", { day: 20_000, devices: ["d", "e", "nobody"] });
    expect(
      answered.ok && (answered.value as DeviceHour[]).map((one) => [one.device, (one.hourAt - at) / hour]),
    ).toEqual(expect.arrayContaining([...[1, 2, 5].map((n) => ["d", n]), ["e", 23]]));
    expect(answered).toMatchObject({ ok: true, value: { length: 4 } });
    await ask("close");
  });
});
