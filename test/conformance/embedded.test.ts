import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "libsql";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../controller/base/clock.ts";
import { createEmbeddedSeries, hourMs, type SeriesStore, StoreAway } from "../../controller/store/series/index.ts";
import { catalogue, createPending, dayMs, listen, retention, retentionMs, until } from "./backends.ts";
import { load1, noon, system } from "./series-points.ts";

const built = new URL("../../dist/series-worker.js", import.meta.url);
let folder: string;
let file: string;
const stores: SeriesStore[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lamplighter-embedded-"));
  file = join(folder, "series.db");
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.stop();
  await rm(folder, { recursive: true, force: true });
});

function storeWith(more: Partial<Parameters<typeof createEmbeddedSeries>[0]> = {}): SeriesStore {
  const needs = { workerUrl: built, file, clock: systemClock, log: listen().log, retention, catalogue };
  const store = createEmbeddedSeries({ ...needs, ...more });
  stores.push(store);
  return store;
}

it("has on disk what it said was stored, when the process is killed", async () => {
  for (let round = 0; round < 3; round++) {
    const start = noon + round * 3_600_000;
    const script = fileURLToPath(new URL("./embedded-killed.mjs", import.meta.url));
    const child = spawn(process.execPath, [script, file, JSON.stringify(catalogue), String(start)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    await until(() => said.split("\n").length > 30 + round * 17, "writes were answered");
    child.kill("SIGKILL");
    await once(child, "close");

    const answered = said
      .split("\n")
      .filter((line) => line !== "")
      .map(Number);
    const store = storeWith();
    await store.start();
    const { series } = await store.query(load1("killed", { from: start, to: start + 3_600_000, limit: 100_000 }));
    const points = series[0]?.points ?? [];
    for (const id of answered) expect(points.filter(([, value]) => value === id)).toHaveLength(20);
    // What was not answered is there whole or not at all.
    expect(points.length % 20).toBe(0);
    await store.stop();
  }
});

it("drops points when their time is over, by its clock", async () => {
  const store = storeWith();
  await store.start();
  await store.write([system("a", noon - 5 * dayMs, { load1: 1 }), system("a", noon, { load1: 2 })]);
  await store.stop();
  const later = storeWith({ clock: { ...systemClock, now: () => noon + retentionMs - 4 * dayMs } });
  await later.start();
  expect(await later.count("a", 0, noon + dayMs)).toBe(1);
});

it("keeps points whose hour is not rolled up yet, also beyond their time, and rolls them up", async () => {
  const hourAt = noon - 5 * dayMs;
  const [pending, clock] = [createPending(), { ...systemClock, now: () => noon + retentionMs - 4 * dayMs }];
  const store = storeWith({ pending });
  await store.start();
  await store.write([system("a", hourAt, { load1: 1 }), system("a", noon, { load1: 2 })]);
  await store.stop();
  pending.mark("a", hourAt);
  pending.oldestAt = async () => hourAt;
  const later = storeWith({ pending, clock });
  await later.start();
  expect(await later.count("a", 0, noon + dayMs)).toBe(2);
  const asked = { ...load1("a"), from: hourAt, to: hourAt + hourMs, everyMs: hourMs, fn: "mean" as const };
  const series = [{ device: "a", tags: {}, points: [[hourAt, 1]] }];
  expect(await later.query(asked)).toEqual({ resolution: "raw", series });
  expect(await later.rollUp([{ device: "a", hourAt }])).toBe(1);
  await later.stop();
  const done = storeWith({ pending: createPending(), clock });
  await done.start();
  expect(await done.count("a", 0, noon + dayMs)).toBe(1);
  expect(await done.query(asked)).toEqual({ resolution: "hourly", series });
});

it("answers a write before a question that was asked earlier and takes long", async () => {
  const store = storeWith();
  await store.start();
  await store.write([system("busy", noon, { load1: 1 })]);
  const rows = 400_000;
  const db = new Database(file);
  const day = new Date(noon).toISOString().slice(0, 10).replaceAll("-", "");
  db.exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO "system_${day}" (device, series, at, load1) SELECT 1, 1, ${noon} + i, i % 100 FROM n`);
  db.close();
  const order: string[] = [];
  const whole = load1("busy", { from: noon, to: noon + rows + 1, everyMs: 60_000, fn: "mean", limit: 100_000 });
  const question = store.query(whole).then(({ series }) => {
    order.push("question");
    return series[0]?.points.length;
  });
  for (let i = 1; i <= 3; i++) {
    await store.write([system("quick", noon + i, { load1: i })]);
    order.push("write");
  }
  expect(await question).toBe(Math.ceil((rows + 1) / 60_000));
  expect(order).toEqual(["write", "write", "write", "question"]);
});

it.each([
  ["its worker was not built", { workerUrl: new URL("../../dist/nowhere.js", import.meta.url) }, async () => {}],
  ["its file is something else", {}, () => writeFile(file, "These are not the bytes of a database. ".repeat(100))],
])("doesn't start where %s", async (_, more, spoil) => {
  await spoil();
  const store = storeWith(more);
  await expect(store.start()).rejects.toThrow(/Cannot find module|not a database/);
  await expect(store.write([system("a", noon, { load1: 1 })])).rejects.toThrow(StoreAway);
});
