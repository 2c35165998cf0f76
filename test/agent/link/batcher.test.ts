import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, limits, type Telemetry } from "#wire";
import type { Sample } from "../../../edge-agent/collectors/index.ts";
import { type Batch, createBatcher } from "../../../edge-agent/link/batcher.ts";
import { createBootClock } from "../../../edge-agent/link/clock.ts";
import { createExit } from "../../../edge-agent/link/exit.ts";
import { withTime } from "../../../edge-agent/link/retime.ts";
import { fakeTime } from "../time.ts";

function newBatcher(time = fakeTime()) {
  const batches: Batch[] = [];
  const refused: string[] = [];
  const batcher = createBatcher({
    boot: "b".repeat(20),
    clock: createBootClock({ time, floor: () => 0, firstLane: 0 }),
    exit: createExit(() => "demo-key"),
    session: () => 3,
    put: (batch) => batches.push(batch),
    refused: (why) => refused.push(why),
  });
  const messages = (): Telemetry[] =>
    batches
      .filter((b) => b.kind === "telemetry")
      .map((batch) => {
        const decoded = decode("telemetry", batch.text);
        if (!decoded.ok) throw new Error(decoded.problem);
        return decoded.message;
      });
  return { batcher, batches, refused, messages, time };
}

const load = (load1: number): Sample => ({ m: "system", f: { load1 } });
const onSensor = (sensor: string): Sample => ({ m: "temperature", t: { sensor }, f: { temperature_celsius: 20 } });

describe("batches", () => {
  it("are numbered without a gap, and say how many points there were until now", () => {
    const { batcher, messages, batches } = newBatcher();
    batcher.add([load(1), load(2)]);
    batcher.add([]);
    batcher.event("demo", "info", { a: 1 });
    batcher.add([load(3)]);
    expect(batches.map((b) => [b.seq, b.kind, b.points, b.total])).toEqual([
      [1, "telemetry", 2, 2],
      [2, "event", 1, 3],
      [3, "telemetry", 1, 4],
    ]);
    expect(messages()[0]).toMatchObject({ boot: "b".repeat(20), session: 3, seq: 1, total: 2, clock: "synced" });
  });

  it("split at 500 points", () => {
    const { batcher, messages } = newBatcher();
    batcher.add(Array.from({ length: limits.batchPoints + 1 }, (_, i) => load(i)));
    expect(messages().map((m) => m.points.length)).toEqual([limits.batchPoints, 1]);
  });

  it("split at 64 KiB, whatever is in them", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 300, unit: "grapheme" }), { minLength: 1, maxLength: 150 }),
        (names) => {
          const { batcher, batches, messages, refused } = newBatcher();
          batcher.add(names.map(onSensor));
          const points = messages().reduce((sum, m) => sum + m.points.length, 0);
          expect(points + refused.length).toBe(names.length);
          for (const { text } of batches) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limits.batchBytes);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("fill a batch of 64 KiB and no more, also when the time is learnt later", () => {
    const { batcher, batches } = newBatcher(fakeTime(0));
    batcher.add(Array.from({ length: 190 }, (_, i) => onSensor(`${i}-${"x".repeat(900)}`)));
    expect(batches.length).toBeGreaterThan(2);
    for (const { text } of batches)
      expect(Buffer.byteLength(withTime(text, Date.UTC(2026, 6, 1)))).toBeLessThanOrEqual(limits.batchBytes);
  });

  it("hold one point a series and time, however often it is measured", () => {
    const { batcher, messages } = newBatcher();
    batcher.add([load(1), load(2), onSensor("a"), onSensor("b"), load(3)]);
    const times =
      messages()[0]
        ?.points.filter((p) => p.m === "system")
        .map((p) => p.at) ?? [];
    expect(new Set(times).size).toBe(3);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("hold points at the time at which they were measured", async () => {
    const { batcher, messages, time } = newBatcher();
    const measuredAt = time.monotonic();
    await time.advance(8_000);
    batcher.add([{ ...load(1), measuredAt }]);
    const [message] = messages();
    expect((message?.at ?? 0) - (message?.points[0]?.at ?? 0)).toBeGreaterThanOrEqual(8_000 - 16);
  });

  it("leave out what the catalogue would refuse, alone", () => {
    const { batcher, messages, refused } = newBatcher();
    batcher.add([load(1), { m: "weather", f: { rain: 1 } }, { m: "system", f: { load1: Number.NaN } }, load(2)]);
    expect(messages()[0]?.points).toHaveLength(2);
    expect(refused).toHaveLength(2);
  });

  it("leave out series beyond 200", () => {
    const { batcher, messages, refused } = newBatcher();
    batcher.add(Array.from({ length: limits.seriesPerDevice + 1 }, (_, i) => onSensor(`sensor-${i}`)));
    expect(messages().flatMap((m) => m.points)).toHaveLength(limits.seriesPerDevice);
    expect(refused).toHaveLength(1);
  });

  it("carry pseudonyms in place of hardware addresses", () => {
    const { batcher, batches } = newBatcher();
    batcher.add([onSensor("aa:bb:cc:dd:ee:ff")]);
    expect(batches[0]?.text).not.toContain("aa:bb");
    expect(batches[0]?.text).toMatch(/p-[a-z2-7]{10}/);
  });

  it("made without the time get it later, the same bytes every time", async () => {
    const { batcher, batches, time } = newBatcher(fakeTime(0));
    await time.advance(5_000);
    batcher.add([load(1)]);
    const text = batches[0]?.text ?? "";
    expect(JSON.parse(text)).toMatchObject({ clock: "unknown", at: 5_000 });
    const offset = Date.UTC(2026, 6, 1);
    expect(withTime(text, offset)).toBe(withTime(text, offset));
    const fixed = JSON.parse(withTime(text, offset));
    expect(fixed).toMatchObject({ clock: "corrected", at: offset + 5_000 });
    expect(decode("telemetry", JSON.stringify(fixed)).ok).toBe(true);
  });
});
