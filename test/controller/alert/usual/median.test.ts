import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hoursAlike, usualOf } from "../../../../controller/alert/usual/median.ts";
import { zoneOf } from "../../../../controller/base/zone.ts";

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString().slice(0, 16));
const london = zoneOf("Europe/London");

describe("the hour of the week", () => {
  it("is what the site's clocks show, over the change of the clocks", () => {
    // Clocks went forward on 29 March 2026: 16:00 on a Tuesday is 15:00 UTC after it, and 16:00 before.
    const hours = hoursAlike(Date.UTC(2026, 3, 7, 15), 3, london);
    expect(hours.map(iso)).toEqual(["2026-03-31T15:00", "2026-03-24T16:00", "2026-03-17T16:00"]);
  });

  it("is not there in a week in which the clocks skip it, and is the first of two where it comes twice", () => {
    const skipped = hoursAlike(Date.UTC(2026, 3, 5, 0), 2, london);
    expect(skipped.map(iso)).toEqual([null, "2026-03-22T01:00"]);
    const [twice] = hoursAlike(Date.UTC(2026, 10, 1, 1), 1, london);
    expect(["2026-10-25T00:00", "2026-10-25T01:00"]).toContain(iso(twice ?? null));
  });

  it("shows the same weekday and hour, whatever the zone", () => {
    const zones = ["Europe/London", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe", "UTC"];
    const hour = fc.integer({ min: 0, max: 20_000 }).map((n) => Date.UTC(2025, 0, 1) + n * 3_600_000);
    fc.assert(
      fc.property(hour, fc.constantFrom(...zones), (hourAt, zone) => {
        const offset = zoneOf(zone);
        const label = (at: number) => Math.floor((at + offset(at)) / 3_600_000) % 168;
        for (const at of hoursAlike(hourAt, 6, offset)) {
          if (at === null) continue;
          expect(at % 3_600_000).toBe(0);
          expect([label(hourAt), label(hourAt) - 1]).toContain(label(at));
        }
      }),
      { numRuns: 60 },
    );
  });
});

it("the usual value is the median of the newest weeks that are known, and none where fewer are", () => {
  expect(usualOf([4, 9, 5, 100], 3)).toBe(5);
  expect(usualOf([4, undefined, null, 6], 2)).toBe(5);
  expect(usualOf([4, null, 6], 3)).toBeNull();
  expect(usualOf([], 2)).toBeNull();
});
