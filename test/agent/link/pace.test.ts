import fc from "fast-check";
import { expect, it } from "vitest";
import { burstBytes, newPace, readyAt, spent } from "../../../edge-agent/link/pace.ts";

const rate = 1000;

it("lets a bucketful go at once, then as much as the rate says", () => {
  let pace = newPace(0);
  expect(readyAt(pace, burstBytes, 0, rate)).toBe(0);
  pace = spent(pace, burstBytes, 0, rate);
  expect(readyAt(pace, 500, 0, rate)).toBe(500);
  expect(readyAt(pace, 500, 499, rate)).toBe(500);
  expect(readyAt(pace, 500, 500, rate)).toBe(500);
});

it("lets a batch that is larger than the bucket go when that is full, and waits the longer for the next", () => {
  let pace = newPace(0);
  expect(readyAt(pace, 2 * burstBytes, 0, rate)).toBe(0);
  pace = spent(pace, 2 * burstBytes, 0, rate);
  expect(readyAt(pace, 1, 0, rate)).toBe(burstBytes + 1);
});

it("saves up no more than a bucketful, however long the pause", () => {
  const pace = spent(newPace(0), 10, 0, rate);
  expect(readyAt(spent(pace, burstBytes, 1e9, rate), 100, 1e9, rate)).toBe(1e9 + 100);
});

it("never sends more than a bucketful and the rate allow, and never waits for ever", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: burstBytes }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1024, max: 1_000_000 }), fc.nat(5_000), (all, bytesPerSecond, idle) => {
      let pace = newPace(0);
      let [now, total] = [0, 0];
      for (const bytes of all) {
        const at = readyAt(pace, bytes, now, bytesPerSecond);
        expect(at - now).toBeLessThanOrEqual(Math.ceil((1000 * burstBytes) / bytesPerSecond) + 1);
        now = at;
        pace = spent(pace, bytes, now, bytesPerSecond);
        total += bytes;
        expect(total).toBeLessThanOrEqual(burstBytes + (now * bytesPerSecond) / 1000 + 1);
        now += idle;
      }
    }),
    { numRuns: 100 },
  );
});
