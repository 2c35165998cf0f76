import { expect, it } from "vitest";
import {
  availabilitySentence,
  causes,
  type Figures,
  mainlyWords,
  monthBeside,
  monthWords,
  partsOf,
  peopleWords,
  shareWords,
  timeWords,
  worstFirst,
} from "../../dashboards/web/src/availability-words.ts";

const minute = 60_000;
const figures = (part: Partial<Figures>): Figures =>
  ({
    availability: null,
    ...{ upMs: 0, lostMs: 0, unknownMs: 0, excludedMs: 0 },
    lostByCause: { line: 0, restart: 0, stopped: 0, maintenance: 0, unknown: 0 },
    ...part,
  }) as Figures;

it.each([
  [null, "nothing to count"],
  [1, "100 %"],
  // Never whole when it was not.
  [0.999999, "99.99 %"],
  [0.9957, "99.57 %"],
  [0, "0.00 %"],
])("a share of %s is %s", (share, words) => {
  expect(shareWords(share)).toBe(words);
});

it("months beside each other, over the turn of a year", () => {
  expect([monthBeside("2026-12", 1), monthBeside("2026-01", -1)]).toEqual(["2027-01", "2025-12"]);
  expect(monthWords("2026-11")).toBe("November 2026");
});

it("says why, the most first", () => {
  const lostByCause = { line: 3 * minute, restart: 0, stopped: 0, maintenance: 0, unknown: 9 * minute };
  const some = figures({ lostMs: 12 * minute, lostByCause });
  expect(causes(some).map(({ cause, share }) => [cause, share])).toEqual([
    ["unknown", 0.75],
    ["line", 0.25],
  ]);
  expect(mainlyWords(some)).toBe("mainly not known why");
  expect(mainlyWords(figures({}))).toBe("");
});

it("all time within the hours is one of four, each with a mark of its own", () => {
  const parts = partsOf(figures({ upMs: 6, lostMs: 2, unknownMs: 1, excludedMs: 1 }));
  expect(parts.map(({ key, share }) => [key, share])).toEqual([
    ["up", 0.6],
    ["lost", 0.2],
    ["unknown", 0.1],
    ["excluded", 0.1],
  ]);
  expect(new Set(parts.map(({ mark }) => mark)).size).toBe(4);
  expect(partsOf(figures({})).every(({ share }) => share === 0)).toBe(true);
});

it("says a month in one sentence", () => {
  const whole = figures({ availability: 1, upMs: minute });
  expect(availabilitySentence(whole, "the whole estate", false)).toBe(
    "The whole estate was there 100 % of the time. Nothing was lost.",
  );
  const some = figures({ availability: 0.5, upMs: minute, lostMs: 61 * minute });
  expect(availabilitySentence(some, "Library", true)).toBe(
    "Library has been there 50.00 % of the time so far. 1 h 1 min of device time were lost.",
  );
  expect(availabilitySentence(figures({}), "Library", false)).toMatch(/^There is no time within service hours/);
});

it("puts the worst first, and those without anything to count last", () => {
  const of = (name: string, availability: number | null) => ({ name, figures: figures({ availability }) });
  const sorted = worstFirst([of("c", null), of("b 10", 1), of("b 2", 1), of("a", 0.9)]);
  expect(sorted.map(({ name }) => name)).toEqual(["a", "b 2", "b 10", "c"]);
});

it("says times, and what is not known", () => {
  expect([timeWords(0), timeWords(20), timeWords(61_000)]).toEqual(["none", "under 1 s", "1 min 1 s"]);
  expect([peopleWords(null), peopleWords(1), peopleWords(9_000_000), peopleWords(36e8)]).toEqual([
    "not known",
    "under 0.1 h",
    "2.5 h",
    "1,000 h",
  ]);
});
