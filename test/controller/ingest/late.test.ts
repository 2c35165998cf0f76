import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JudgedBatch } from "../../../controller/ingest/judge.ts";
import { keepLate, lateLimits, lateOf } from "../../../controller/ingest/late.ts";
import { createDeliveryRecords } from "../../../controller/ingest/records.ts";
import { type Fresh, freshRecords } from "../records/fresh.ts";

const minute = 60_000;
const batch = (device: string, receivedAt: number, ...ats: number[]) =>
  ({
    admitted: ats.map((at, index) => ({ index, point: { device, m: "system", at, tags: {}, fields: {} } })),
    receivedAt,
  }) as unknown as JudgedBatch;

const always = () => 0;

describe("what came late", () => {
  test("is older than half a minute when it comes", () => {
    const now = 10 * minute;
    const { afterMs } = lateLimits;
    expect(lateOf([batch("a", now, now), batch("a", now, now - afterMs)], always)).toEqual([]);
    expect(lateOf([batch("a", now, now - afterMs - 1)], always)).toMatchObject([
      { from: now - afterMs - 1, points: 1 },
    ]);
  });

  test("is one stretch an outage and device, in whatever order it comes", () => {
    const ats = Array.from({ length: 40 }, (_, i) => i * minute);
    fc.assert(
      fc.property(fc.shuffledSubarray(ats, { minLength: ats.length }), (order) => {
        const late = lateOf(
          order.map((at) => batch(at % 2 ? "b" : "a", 60 * minute, at)),
          always,
        );
        expect(late).toEqual([{ device: "a", from: 0, to: 39 * minute, points: 40, arrivedAt: 60 * minute }]);
      }),
    );
  });

  test("is told by our clock where a birth says when the boot began: a device's clock that is slow makes nothing late", () => {
    const now = 100 * minute;
    const slow = 20 * minute;
    const made = (upMs: number, receivedAt: number) =>
      ({
        ...batch("a", receivedAt, 40 * minute + upMs - slow),
        ...{ device: "a", boot: "b", upMs, madeAt: 40 * minute + upMs - slow },
      }) as JudgedBatch;
    const began = () => 40 * minute;
    expect(lateOf([made(60 * minute, now)], always, began)).toEqual([]);
    expect(lateOf([made(50 * minute, now)], always, began)).toMatchObject([{ points: 1 }]);
    expect(lateOf([made(60 * minute, now)], always)).toMatchObject([{ points: 1 }]);
  });

  test("what was measured before a device was here waited for no line", () => {
    const late = lateOf([batch("a", 60 * minute, minute, 2 * minute, 3 * minute)], () => 2 * minute);
    expect(late).toMatchObject([{ from: 2 * minute, to: 3 * minute, points: 2 }]);
  });

  test("what was thinned to 5-minute values is one outage all the same", () => {
    const ats = Array.from({ length: 30 }, (_, i) => i * 5 * minute);
    expect(lateOf([batch("a", 1_000 * minute, ...ats)], always)).toHaveLength(1);
  });

  test("is at most 16 stretches of a device at once, whatever it makes up", () => {
    const ats = Array.from({ length: 500 }, (_, i) => i * i * minute);
    const late = lateOf([batch("a", 1e12, ...ats), batch("b", 1e12, minute)], always);
    expect(late.filter(({ device }) => device === "a").length).toBeLessThanOrEqual(lateLimits.atOnce);
    expect(late.reduce((n, { points }) => n + points, 0)).toBe(501);
    expect(late.at(-1)).toMatchObject({ device: "b", from: minute, to: minute });
  });

  test("two outages apart are two, and devices are told apart", () => {
    const late = lateOf([batch("a", 60 * minute, 0, 20 * minute), batch("b", 60 * minute, 0)], always);
    expect(late.map(({ device, from, to }) => [device, from, to])).toEqual([
      ["a", 0, 0],
      ["a", 20 * minute, 20 * minute],
      ["b", 0, 0],
    ]);
  });
});

describe("what is kept of it", () => {
  let fresh: Fresh;
  beforeEach(async () => {
    fresh = await freshRecords();
  });
  afterEach(() => fresh.end());
  const keep = (device: string, from: number, to: number) =>
    fresh.records.db
      .transaction()
      .execute((trx) => keepLate(trx, [{ device, from, to, points: 1, arrivedAt: to + minute }]));
  const kept = async (device = "a") => await createDeliveryRecords(fresh.records.db).late(device, 0, 1e12);

  test("grows together from both ends, device by device", async () => {
    await keep("a", 0, minute);
    await keep("a", 10 * minute, 11 * minute);
    await keep("b", 0, minute);
    expect((await kept()).map(({ from, to }) => [from, to])).toEqual([
      [0, minute],
      [10 * minute, 11 * minute],
    ]);
    await keep("a", 3 * minute, 8 * minute);
    expect(await kept()).toEqual([{ from: 0, to: 11 * minute, points: 3, arrivedAt: 12 * minute }]);
    expect(await kept("b")).toHaveLength(1);
  });

  test("is bounded: the oldest go; and nothing stays of a device that is removed", async () => {
    for (let n = 0; n <= lateLimits.perDevice; n++) await keep("a", n * 10 * minute, n * 10 * minute);
    const all = await kept();
    expect(all).toHaveLength(lateLimits.perDevice);
    expect(all[0]?.from).toBe(10 * minute);
    const records = createDeliveryRecords(fresh.records.db);
    expect(await records.late("a", 95 * minute, 105 * minute)).toMatchObject([{ from: 100 * minute }]);
    await records.forget("a");
    expect(await kept()).toEqual([]);
  });
});
