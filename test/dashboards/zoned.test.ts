import { describe, expect, it } from "vitest";
import { lasting, msOf, textOf } from "../../dashboards/web/src/duration-text.ts";
import { dayOf, dayWords, instantAt, localAt, mondayOf, spanWords } from "../../dashboards/web/src/zoned.ts";

const london = "Europe/London";
const at = (text: string) => Date.parse(`${text}Z`);

describe("times by the clocks of a zone", () => {
  it.each([
    ["2026-06-01T09:00", "2026-06-01T08:00"],
    ["2026-12-01T09:00", "2026-12-01T09:00"],
    // Skipped: as much later. Twice: the first of the two.
    ["2026-03-29T01:30", "2026-03-29T01:30"],
    ["2026-10-25T01:30", "2026-10-25T00:30"],
    ["2026-10-25T02:00", "2026-10-25T02:00"],
  ])("%s in London is %s in UTC", (local, utc) => {
    expect(instantAt(local, london)).toBe(at(utc));
  });

  it("shows the same again, and refuses what is no time", () => {
    expect(localAt(at("2026-06-01T08:00"), london)).toBe("2026-06-01T09:00");
    expect(instantAt("", london)).toBeNull();
    expect(instantAt("2026-13-01T00:00", london)).toBeNull();
  });

  it("knows its days and weeks", () => {
    expect(dayOf(at("2026-06-01T23:30"), london)).toBe("2026-06-02");
    expect(mondayOf("2026-11-29")).toBe("2026-11-23");
    expect([dayWords("2026-11-28", "2026-11-28"), dayWords("2026-11-29", "2026-11-28")]).toEqual(["Today", "Tomorrow"]);
    expect(dayWords("2027-01-05", "2026-11-28")).toBe("Tuesday 5 January 2027");
  });

  it("says a span, and the day of its end where it is far", () => {
    const from = at("2026-12-01T22:00");
    expect(spanWords({ from, to: from + 4 * 3_600_000 }, london)).toBe("22:00–02:00");
    expect(spanWords({ from, to: from + 48 * 3_600_000 }, london)).toBe("22:00–Thu 3 Dec, 22:00");
  });
});

it("durations as they are written and said", () => {
  expect([msOf("90s"), msOf("1.5h"), msOf("m"), msOf("")]).toEqual([90_000, 5_400_000, Number.NaN, Number.NaN]);
  expect([textOf(0), textOf(90_000), textOf(7_200_000), textOf(172_800_000)]).toEqual(["0s", "90s", "2h", "2d"]);
  expect([lasting(5_400_000), lasting(86_400_000), lasting(30_000)]).toEqual(["1 h 30 min", "1 day", "30 s"]);
});
