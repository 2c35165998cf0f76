import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endings, localOf, momentOf } from "../../dashboards/web/src/times.ts";

const zone = "Europe/London";
const hour = 3_600_000;

describe("times by the clocks of a place", () => {
  it("there and back again, whatever the zone and the time of the year", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2028, 0, 1) }),
        fc.constantFrom("Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC"),
        (at, where) => {
          const local = localOf(at, where);
          const back = momentOf(local, where) ?? 0;
          expect(localOf(back, where)).toBe(local);
          // The second of an hour that comes twice is taken for the first.
          expect([0, hour]).toContain(at - (at % 60_000) - back);
        },
      ),
    ));
  it("an hour that is left out begins where the clocks go on", () =>
    expect(momentOf("2026-03-29T01:30", zone)).toBe(Date.UTC(2026, 2, 29, 1, 30)));
  it("is nothing where it is no time", () => {
    expect(momentOf("", zone)).toBeNull();
    expect(momentOf("2026-13-40T99:00", zone)).toBeNull();
  });
});

describe("for how long people mean it", () => {
  it.each([
    ["2026-06-10T14:00", "until 8:00 tomorrow", "2026-06-11T08:00"],
    ["2026-10-24T22:00", "until 8:00 tomorrow", "2026-10-25T08:00"],
    ["2026-06-10T02:00", "until 8:00 today", "2026-06-10T08:00"],
    ["2026-06-10T07:30", "until 8:00 tomorrow", "2026-06-11T08:00"],
  ])("at %s", (local, word, until) => {
    const now = momentOf(local, zone) ?? 0;
    const [one, four, morning] = endings(now, zone);
    expect([one?.until, four?.until]).toEqual([now + hour, now + 4 * hour]);
    expect(morning).toMatchObject({ word, until: momentOf(until, zone) });
  });
});
