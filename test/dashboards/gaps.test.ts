import { expect, test } from "vitest";
import { gapsAfter } from "../../dashboards/web/src/parts/gaps.ts";

const second = 1_000;
const at = (...steps: number[]): number[] => {
  let now = 0;
  return [0, ...steps.map((step) => (now += step * second))];
};

test("a step that is much longer than its neighbours is a gap; it begins a usual step after the last point", () => {
  expect([...gapsAfter(at(10, 10, 75, 10, 10), 5 * second)]).toEqual([[2, 30 * second]]);
});

test("a line that is measured more often from some time on has no gap there", () => {
  expect(gapsAfter(at(60, 60, 60, 60, 10, 10, 10, 10), 5 * second).size).toBe(0);
  expect(gapsAfter(at(10, 10, 10, 60, 60, 60), 5 * second).size).toBe(0);
});

test("two gaps beside each other are two", () => {
  expect(gapsAfter(at(10, 10, 75, 80, 10, 10), 5 * second).size).toBe(2);
});

test("steps below the width of a bucket are none, and few points have no gaps", () => {
  expect(gapsAfter(at(1, 1, 12, 1), 5 * second).size).toBe(0);
  expect(gapsAfter([], second).size + gapsAfter([1], second).size + gapsAfter(at(500), second).size).toBe(0);
});
