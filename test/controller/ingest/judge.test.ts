import { describe, expect, it } from "vitest";
import { limits } from "#wire";
import { isUnreadable, type JudgedBatch, judge } from "../../../controller/ingest/judge.ts";

const now = 1_700_000_000_000;
const needs = {
  now,
  rawRetentionMs: 14 * 86_400_000,
  isVia: (of: string, sender: string) => of === "sensor-1" && sender === "gw-1",
  hasRoom: () => true,
};
const message = (over: object = {}) => ({
  v: 1,
  boot: "abcdefghijklmnopqrst",
  session: 1,
  seq: 3,
  at: now,
  upMs: 5,
  clock: "synced",
  total: 30,
  points: [{ m: "system", at: now, f: { load1: 1 } }],
  ...over,
});
const points = (...some: unknown[]) => message({ points: some });
const good = { m: "system", at: now, f: { load1: 1 } };
const judged = (body: unknown, more: object = {}, suffix: "telemetry" | "event" = "telemetry") => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const one = judge({ device: "gw-1", suffix, payload: Buffer.from(text), receivedAt: now }, { ...needs, ...more });
  if (isUnreadable(one)) throw new Error(`unreadable: ${one.unreadable}`);
  return one;
};
const why = (batch: JudgedBatch) => batch.refused.map((r) => r.why);

describe("judging a message", () => {
  it.each([
    ["not JSON", "{"],
    ["no boot", JSON.stringify({ ...message(), boot: undefined })],
    ["a boot like an address", JSON.stringify(message({ boot: "aa:bb:cc:dd:ee:ff" }))],
    ["no sequence", JSON.stringify(message({ seq: 0 }))],
    ["a fraction for a sequence", JSON.stringify(message({ seq: 1.5 }))],
    ["a list", "[]"],
    ["null", "null"],
    ["broken UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["more than a batch may have", JSON.stringify(message({ pad: "x".repeat(limits.batchBytes) }))],
  ])("can't read %s", (_name, body) => {
    const payload = Buffer.from(body as string);
    expect(isUnreadable(judge({ device: "gw-1", suffix: "telemetry", payload, receivedAt: now }, needs))).toBe(true);
  });

  it.each([
    ["a wrong version", { v: 2 }],
    ["no points", { points: [] }],
    ["too many points", { points: Array.from({ length: limits.batchPoints + 1 }, () => good), total: 600 }],
    ["points that are no list", { points: "x" }],
    ["a total below its own points", { total: 0 }],
    ["a clock that isn't one", { clock: "maybe" }],
  ])("quarantines a batch whole for %s", (_name, over) => {
    const batch = judged(message(over));
    expect(batch.admitted).toEqual([]);
    expect(batch.refused).toMatchObject([{ index: null, why: "malformed" }]);
    expect(batch.refused[0]?.points).toBe(batch.points);
  });

  it("takes one bad point out and leaves its neighbours", () => {
    const batch = judged(points(good, { m: "nonsense", at: now, f: { x: 1 } }, { ...good, at: now + 1 }));
    expect(batch.admitted.map((a) => a.index)).toEqual([0, 2]);
    expect(why(batch)).toEqual(["unknown-measurement"]);
  });

  it.each<[string, unknown, string]>([
    ["an unknown tag", { ...good, t: { colour: "red" } }, "unknown-tag"],
    ["a missing tag", { m: "interface", at: now, f: { up: 1 } }, "missing-tag"],
    ["text for a number", { ...good, f: { load1: "1" } }, "wrong-type"],
    ["a number that reads as Infinity", { ...good, f: { load1: Number.NaN } }, "wrong-type"],
    ["only unknown fields", { ...good, f: { x: 1 } }, "no-known-field"],
    ["a time far ahead", { ...good, at: now + 301_000 }, "future"],
    ["a time long ago", { ...good, at: now - 13 * 86_400_000 - 1 }, "late"],
    ["a time that is no whole number", { ...good, at: 1.5 }, "malformed"],
    ["a device that isn't reached through it", { ...good, of: "sensor-2" }, "not-yours"],
    ["a name of the prototype", { m: "__proto__", at: now, f: { x: 1 } }, "unknown-measurement"],
    ["a field of the prototype", { ...good, f: { constructor: 1 } }, "no-known-field"],
    ["no object", 7, "malformed"],
  ])("refuses a point with %s", (_name, point, expected) => {
    expect(why(judged(points(point)))).toEqual([expected]);
  });

  it("reads 1e999 as what it is", () => {
    const text = JSON.stringify(points(good)).replace('"load1":1', '"load1":1e999');
    expect(why(judged(text))).toEqual(["wrong-type"]);
  });

  it("cuts unknown fields off and keeps the point", () => {
    const batch = judged(points({ ...good, f: { load1: 1, x: 2 }, more: 1 }));
    expect(batch.admitted[0]?.point.fields).toEqual({ load1: 1 });
    expect(batch.cut).toBe(1);
  });

  it("takes points of a device that is reached through the sender", () => {
    expect(judged(points({ ...good, of: "sensor-1" })).admitted[0]?.point.device).toBe("sensor-1");
  });

  it("quarantines what was made without knowing the time", () => {
    expect(why(judged(message({ clock: "unknown" })))).toEqual(["clock"]);
  });

  it("bounds the series of a device", () => {
    expect(why(judged(points(good), { hasRoom: () => false }))).toEqual(["too-many-series"]);
  });

  it("an event counts as one", () => {
    const { points: _none, ...head } = message();
    const batch = judged({ ...head, kind: "config-drift", severity: "info", detail: {} }, {}, "event");
    expect(batch).toMatchObject({ points: 1, total: 30, refused: [], event: { kind: "config-drift" } });
    expect(why(judged({ ...head, kind: "NO", severity: "info", detail: {} }, {}, "event"))).toEqual(["malformed"]);
  });
});
