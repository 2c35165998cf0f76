import fc from "fast-check";
import { expect, it } from "vitest";
import { backoffMs, longestMs } from "../../../edge-agent/link/backoff.ts";

it("doubles to a minute at most and is spread over all of it", () => {
  expect([1, 2, 3, 6, 7, 8, 1000].map((n) => backoffMs(n, 0.999999))).toEqual([
    1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000,
  ]);
  expect(backoffMs(3, 0.5)).toBe(2_000);
  fc.assert(
    fc.property(fc.integer({ min: 1 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
      const ms = backoffMs(failures, random);
      expect(ms).toBeGreaterThanOrEqual(100);
      expect(ms).toBeLessThanOrEqual(longestMs);
    }),
  );
});
