import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Actor } from "../../../controller/auth/index.ts";
import { createLog } from "../../../controller/base/log.ts";
import { createRollupMarks, createRollups, keepMarks, type RollupMarks } from "../../../controller/rollup/index.ts";
import { rollupLimits } from "../../../controller/rollup/limits.ts";
import { openRecords, type Records } from "../../../controller/store/records/index.ts";
import { type DeviceHour, hourMs, StoreAway } from "../../../controller/store/series/index.ts";
import { later } from "../../undo.ts";
import { type HandClock, handClock } from "../base/hand-clock.ts";

const noon = Date.UTC(2026, 5, 1, 12);
const log = createLog({ level: "silent" });
const boss: Actor = { kind: "user", id: "u1", name: "Demo", role: "admin", expiresAt: null };

let clock: HandClock;
let records: Records;
let marks: RollupMarks;
let made: DeviceHour[];
let away: boolean;
let days: string[];
/** From here on there are raw points. */
let rawFrom: number;
/** What happens while an hour is made. */
let meanwhile: (hour: DeviceHour) => Promise<void>;
let notes: unknown[];

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), "lamplighter-rollup-"));
  clock = handClock(noon);
  records = await openRecords({ file: join(folder, "records.db"), log, clock });
  marks = createRollupMarks(records.db);
  rawFrom = 0;
  [made, away, days, notes] = [[], false, [], []];
  meanwhile = async () => {};
  later(async () => {
    await records.close();
    await rm(folder, { recursive: true, force: true });
  });
});

/** Stores a point the way ingest does: in the store first, then its mark. */
const stored = async (device: string, at: number): Promise<number> => {
  const due = marks.due([{ device, at }]);
  await records.db.transaction().execute((trx) => keepMarks(trx, due));
  return due.length;
};

function room() {
  const rollups = createRollups({
    clock,
    log,
    marks,
    store: {
      async rollUp(hours) {
        if (away) throw new StoreAway("it is away");
        // As a store would: some at a time.
        const some = hours.slice(0, 3);
        for (const hour of some) await meanwhile(hour);
        made.push(...some.map(({ device, hourAt }) => ({ device, hourAt })));
        return some.length;
      },
      devicesOn: async () => {
        if (away) throw new StoreAway("it is away");
        return days;
      },
      hoursOn: async (day, devices) =>
        devices.flatMap((device) =>
          Array.from({ length: 24 }, (_, i) => ({ device, hourAt: day + i * hourMs })).filter(
            ({ hourAt }) => hourAt >= rawFrom,
          ),
        ),
    },
    audit: { note: async (entry) => void notes.push(entry) },
    retention: { rawDays: 2 },
  });
  rollups.start();
  later(async () => {
    const stopping = rollups.stop();
    clock.pass(60_000);
    await stopping;
  });
  return rollups;
}
/** Lets the room get on: its rests are of the clock, its files are not. */
const until = (holds: () => void | Promise<void>) =>
  vi.waitFor(
    async () => {
      clock.pass(10);
      await holds();
    },
    { interval: 2, timeout: 5_000 },
  );

describe("marks", () => {
  test("are written once an hour and device, and again after they were taken", async () => {
    expect(await stored("a", noon)).toBe(1);
    expect(await stored("a", noon + 5)).toBe(0);
    expect(await stored("b", noon)).toBe(1);
    expect(await stored("a", noon + hourMs)).toBe(1);
    const taken = await marks.take(noon + hourMs, null, 10);
    expect(taken.map(({ device, hourAt }) => [device, hourAt])).toEqual([
      ["a", noon],
      ["b", noon],
    ]);
    expect(await stored("a", noon + 9)).toBe(1);
    await marks.done(taken);
    expect(await marks.waiting(noon + 2 * hourMs)).toEqual({ hours: 2, oldestAt: noon });
    expect((await marks.take(noon + hourMs, null, 10)).map(({ device }) => device)).toEqual(["a"]);
  });

  test("are known only up to a bound; beyond it they are written again, never lost", async () => {
    marks = createRollupMarks(records.db, { knownMarks: 3, pendingOfQuery: 10 });
    for (const device of ["a", "b", "c", "d"]) expect(await stored(device, noon)).toBe(1);
    expect(await stored("a", noon)).toBe(1);
    expect(await marks.waiting(noon + 1)).toEqual({ hours: 4, oldestAt: noon });
  });

  test("say what is pending of a query: nothing is known before the first fill, nor of too much", async () => {
    marks = createRollupMarks(records.db, { knownMarks: 100, pendingOfQuery: 3 });
    await stored("a", noon);
    await stored("a", noon + hourMs);
    await stored("b", noon);
    expect(await marks.of(["a"], 0, 2 * noon)).toBeNull();
    await marks.setBackfilled(noon);
    expect(await marks.of(["a", "c"], noon + 5, noon + hourMs)).toEqual(new Map([["a", [noon]]]));
    expect((await marks.of(["a", "b"], 0, 2 * noon))?.get("a")).toEqual([noon, noon + hourMs]);
    await stored("b", noon + hourMs);
    expect(await marks.of(["a", "b"], 0, 2 * noon)).toBeNull();
    expect(await marks.oldestAt()).toBe(noon);
  });
});

test("at its start a controller keeps the raw points that are marked, before anybody looked what is marked", async () => {
  await marks.setBackfilled(noon);
  await stored("a", noon - 40 * hourMs);
  // The store drops what is beyond retention as soon as it is open, before the work begins.
  expect(await createRollupMarks(records.db).oldestAt()).toBe(noon - 40 * hourMs);
});

describe("the work", () => {
  test("makes an hour when it is over, and once more when something late comes in", async () => {
    const rollups = room();
    await stored("a", noon);
    clock.pass(hourMs + rollupLimits.graceMs - 1_000);
    await until(() => expect(rollups.view().rounds).toBeGreaterThan(1));
    expect(made).toEqual([]);
    clock.pass(rollupLimits.roundMs + 1_000);
    await until(() => expect(made).toEqual([{ device: "a", hourAt: noon }]));
    await stored("a", noon + 7);
    clock.pass(rollupLimits.roundMs);
    await until(() => expect(made).toHaveLength(2));
    await until(async () => expect((await marks.waiting(clock.now())).hours).toBe(0));
    expect(rollups.view()).toMatchObject({ pendingHours: 0, doneHours: 2, waitsFor: null });
  });

  test("loses nothing that is stored while its hour is being made", async () => {
    await marks.setBackfilled(noon);
    await stored("a", noon - 2 * hourMs);
    let again = 0;
    meanwhile = async ({ device, hourAt }) => {
      if (again < 2) again += await stored(device, hourAt + 1);
    };
    room();
    await until(() => expect(made).toHaveLength(1));
    clock.pass(rollupLimits.roundMs);
    await until(() => expect(made).toHaveLength(2));
    clock.pass(rollupLimits.roundMs);
    await until(() => expect(made).toHaveLength(3));
    await until(async () => expect((await marks.waiting(noon)).hours).toBe(0));
  });

  test("goes oldest first, and waits while the store is away", async () => {
    await marks.setBackfilled(noon);
    for (let i = 0; i < 7; i++) await stored(`d${i}`, noon - (2 + i) * hourMs);
    away = true;
    const rollups = room();
    await until(() => expect(rollups.view().waitsFor).toBe("it is away"));
    expect(rollups.view().pendingHours).toBe(7);
    away = false;
    clock.pass(rollupLimits.retryMs);
    await until(() => expect(made).toHaveLength(7));
    expect(made.map(({ device }) => device)).toEqual(["d6", "d5", "d4", "d3", "d2", "d1", "d0"]);
  });

  test("goes on behind an hour that the store fails at, says which it is, and tries it again", async () => {
    await marks.setBackfilled(noon);
    for (const device of ["a", "b", "c", "d"]) await stored(device, noon - 2 * hourMs);
    let mended = false;
    meanwhile = async ({ device }) => {
      if (device === "b" && !mended) throw new Error("no such column");
    };
    const rollups = room();
    await until(() => expect(rollups.view().rounds).toBe(1));
    expect(rollups.view()).toMatchObject({ pendingHours: 1, doneHours: 3 });
    expect(rollups.view().waitsFor).toBe("b, 2026-06-01T10:00:00.000Z: no such column");
    mended = true;
    clock.pass(rollupLimits.roundMs);
    await until(() => expect(rollups.view()).toMatchObject({ pendingHours: 0, waitsFor: null }));
  });

  test("marks everything from before once, in the life of a folder", async () => {
    days = ["a", "b"];
    const rollups = room();
    await until(() => expect(rollups.view().backfilled).toBe(true));
    const hours = 2 * 24 + 1;
    clock.pass(rollupLimits.graceMs);
    // The hour that is not over waits.
    await until(() => expect(made).toHaveLength(2 * (hours - 1)));
    expect(await marks.isBackfilled()).toBe(true);
  });

  test("lets everybody else have turns while much is marked", async () => {
    await marks.setBackfilled(noon);
    days = Array.from({ length: 1_000 }, (_, i) => `d${i}`);
    const rollups = room();
    await until(() => expect(rollups.view().rounds).toBe(1));
    let turns = 0;
    let over = false;
    const others = (): void => {
      turns += 1;
      if (!over) setImmediate(others);
    };
    others();
    expect(await rollups.rebuild(boss, { from: noon - 10 * hourMs, to: noon })).toEqual({
      marked: 10_000,
      leftAlone: 0,
    });
    over = true;
    expect(turns).toBeGreaterThanOrEqual((10_000 / rollupLimits.devicesAtOnce) * 0.9);
    expect((await marks.of(days, noon - hourMs, noon))?.size).toBe(1_000);
  });

  test("leaves hours alone that have no raw points, and says how many", async () => {
    await marks.setBackfilled(noon);
    const rollups = room();
    await until(() => expect(rollups.view().rounds).toBe(1));
    [days, rawFrom] = [["a", "b"], noon - 2 * hourMs];
    const from = noon - 14 * hourMs;
    expect(await rollups.rebuild(boss, { from, to: noon })).toEqual({ marked: 4, leftAlone: 24 });
    clock.pass(rollupLimits.graceMs);
    await until(() => expect(made).toHaveLength(4));
    expect(made.every(({ hourAt }) => hourAt >= rawFrom)).toBe(true);
  });

  test("rebuilds what it is told, within what raw points there are, and says who wanted it", async () => {
    await marks.setBackfilled(noon);
    const rollups = room();
    await until(() => expect(rollups.view().rounds).toBe(1));
    const from = noon - 3 * hourMs;
    expect(await rollups.rebuild(boss, { device: "a", from, to: noon })).toEqual({ marked: 3, leftAlone: 0 });
    clock.pass(rollupLimits.graceMs);
    await until(() => expect(made).toHaveLength(3));
    expect(notes).toMatchObject([{ action: "rollups.rebuilt", subject: { kind: "device", id: "a" }, after: { from } }]);
    await expect(rollups.rebuild(boss, { from: noon - 60 * hourMs })).rejects.toMatchObject({ kind: "unprocessable" });
    await expect(rollups.rebuild(boss, { from: noon + hourMs })).rejects.toMatchObject({ kind: "invalid" });
    away = true;
    await expect(rollups.rebuild(boss, {})).rejects.toMatchObject({ kind: "away" });
  });
});
