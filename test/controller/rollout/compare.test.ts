import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare, compareOne, metrics, type Sample } from "../../../controller/rollout/canary/compare.ts";
import { median, rankSum, spread } from "../../../controller/rollout/canary/statistics.ts";

const [probes, , air, restarts] = metrics;
const samples = (before: number[], change: (n: number) => number): Sample[] =>
  before.map((one, n) => ({ before: one, after: one + change(n) }));
const tens = Array.from({ length: 10 }, (_, n) => 40 + n);

describe("statistics", () => {
  it("median and spread are not moved by one odd value", () => {
    expect(median([1, 2, 3, 4])).toBe(2.5);
    expect(median([5, 1, 1000])).toBe(5);
    expect(spread([1, 2, 3, 4, 5])).toBeCloseTo(1.4826);
    expect(spread([1, 2, 3, 4, 5000])).toBeCloseTo(1.4826);
  });

  // Hollander and Wolfe 1973, p. 69: exactly 0.1272; W = 35 of mean 25 and variance 200/3 gives 0.1223 by the normal distribution.
  it("the rank sum test is near the exact one, and knows ties", () => {
    expect(
      rankSum([0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.9, 0.74, 1.21]),
    ).toBeCloseTo(0.1223, 3);
    expect(rankSum([1, 1, 1], [1, 1, 1])).toBe(1);
  });

  it("by chance alone it is rarely sure, and never of what is less", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 6, maxLength: 40 }),
        (values) => {
          const worse = values.map((value) => value - 10);
          const chance = rankSum(worse, values);
          expect(chance).toBeGreaterThanOrEqual(0.3);
          expect(rankSum(values, values)).toBeGreaterThan(0.3);
          expect(chance).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe("touched devices against untouched ones", () => {
  it("what happens to all of them alike is nobody's fault", () => {
    const found = compareOne(
      air,
      samples(tens, () => 30),
      samples(tens, () => 30),
    );
    expect(found).toMatchObject({ difference: 0, verdict: "not worse" });
    expect(found.touched).toMatchObject({ devices: 10, change: 30 });
  });

  it("worse is what is more than chance, more than matters, and in the bad direction", () => {
    const calm = samples(tens, (n) => (n % 3) - 1);
    expect(
      compareOne(
        air,
        samples(tens, () => 12),
        calm,
      ),
    ).toMatchObject({ verdict: "worse", difference: 12 });
    expect(
      compareOne(
        air,
        samples(tens, () => 3),
        calm,
      ).verdict,
    ).toBe("not worse");
    expect(
      compareOne(
        air,
        samples(tens, () => -30),
        calm,
      ).verdict,
    ).toBe("not worse");
    expect(
      compareOne(
        probes,
        samples(tens, () => -12),
        calm,
      ).verdict,
    ).toBe("worse");
    expect(
      compareOne(
        probes,
        samples(tens, () => 12),
        calm,
      ).verdict,
    ).toBe("not worse");
  });

  it("of restarts the share counts: a median would hide them", () => {
    const quiet = samples(Array(20).fill(0), () => 0);
    const half = samples(Array(20).fill(0), (n) => n % 2);
    expect(compareOne(restarts, half, quiet)).toMatchObject({ verdict: "worse", difference: 0.5 });
  });

  it("says that few are too few, and what is not measured counts for nobody", () => {
    const gone = samples(tens, () => -12).map((one, n) => (n < 5 ? one : { ...one, after: null }));
    expect(
      compareOne(
        probes,
        gone,
        samples(tens, () => 0),
      ),
    ).toMatchObject({ verdict: "too few", chance: null });
    const nothing = { touched: [], untouched: [] };
    const none = Object.fromEntries(metrics.map(({ name }) => [name, nothing])) as unknown as Parameters<
      typeof compare
    >[2];
    const told = compare(0, 1, none);
    expect(told).toMatchObject({
      verdict: "too few",
      sentence: "too few devices to compare (6 on each side are needed)",
    });
    const bad = { touched: samples(tens, () => -12), untouched: samples(tens, () => 0) };
    const both = compare(0, 1, { ...none, "probes that work": bad });
    expect(both.verdict).toBe("worse");
    expect(both.sentence).toMatch(/^probes that work -12 % against untouched ones \(10 and 10 devices, by chance /);
  });
});
