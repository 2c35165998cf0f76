import { expect, it } from "vitest";
import { createRefusals, mostRefusals } from "../../../edge-agent/apply/refusals.ts";

it("tells each refusal once an hour, and no more than a few", () => {
  const refusals = createRefusals();
  expect(refusals.worthTelling("a", 0)).toBe(true);
  expect(refusals.worthTelling("a", 3_599_999)).toBe(false);
  expect(refusals.worthTelling("a", 3_600_000)).toBe(true);
  for (let i = 1; i < mostRefusals; i++) expect(refusals.worthTelling(`${i}`, 3_600_000)).toBe(true);
  expect(refusals.worthTelling("one more", 3_600_001)).toBe(false);
  expect(refusals.worthTelling("one more", 7_200_000)).toBe(true);
});
