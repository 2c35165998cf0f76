import fc from "fast-check";
import { expect, it } from "vitest";
import { segmentsOf, shareGood } from "../../dashboards/web/src/parts/segments.ts";

const step = 10;
const series = (values: number[]) => values.map((value, i) => [i * step, value] as const);

it("joins what is alike, and tells works, fails and now and then apart", () =>
  expect(segmentsOf(series([1, 1, 0, 0.5, 1]), step, 100)).toEqual([
    { from: 0, to: 20, state: "good" },
    { from: 20, to: 30, state: "bad" },
    { from: 30, to: 40, state: "partly" },
    { from: 40, to: 50, state: "good" },
  ]));

it("a gap stays a gap, and the last point does not reach beyond the picture", () => {
  const points = [...series([1, 1, 1]), [100, 1], [110, 1]] as const;
  expect(segmentsOf(points, step, 115)).toEqual([
    { from: 0, to: 30, state: "good" },
    { from: 100, to: 115, state: "good" },
  ]);
});

it("stretches follow each other, never overlap and have a length", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }))),
      (raw) => {
        let at = 0;
        const points = raw.map(([after, value]) => {
          at += after;
          return [at, value] as const;
        });
        const found = segmentsOf(points, step, at + 1);
        for (const [i, one] of found.entries()) {
          expect(one.to).toBeGreaterThan(one.from);
          expect(one.from).toBeGreaterThanOrEqual(found[i - 1]?.to ?? 0);
        }
      },
    ),
  );
});

it("the share of what is known", () => {
  expect(shareGood([])).toBeNull();
  expect(shareGood(series([1, 0, 0.5, 0.5]))).toBe(50);
});
