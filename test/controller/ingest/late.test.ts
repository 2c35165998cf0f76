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

  test("what was measured before a device was here waited for no line", () => {
    const late = lateOf([batch("a", 60 * minute, minute, 2 * minute, 3 * minute)], () => 2 * minute);
    expect(late).toMatchObject([{ from: 2 * minute, to: 3 * minute, points: 2 }]);
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
      .execute((trx) => keepLate(trx, { device, from, to, points: 1, arrivedAt: to + minute }));
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
