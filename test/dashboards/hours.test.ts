import { expect, it } from "vitest";
import { opensNext } from "../../dashboards/web/src/hours.ts";

const site = {
  timeZone: "Europe/London",
  serviceHours: {
    mon: [
      ["08:00", "12:00"],
      ["14:00", "24:00"],
    ],
    tue: [["07:30", "18:00"]],
    sat: [["09:00", "17:00"]],
  },
} as Parameters<typeof opensNext>[0];

// 22 June 2026 is a Monday; London is an hour ahead of UTC.
it.each([
  ["2026-06-22T06:59Z", "08:00"],
  ["2026-06-22T07:00Z", null],
  ["2026-06-22T11:00Z", "14:00"],
  ["2026-06-22T22:59Z", null],
  ["2026-06-22T23:00Z", "07:30"],
  ["2026-06-23T17:00Z", "09:00 on Saturday"],
  ["2026-06-26T12:00Z", "09:00 tomorrow"],
  ["2026-06-27T16:00Z", "08:00 on Monday"],
])("%s: opens %s", (at, opens) => expect(opensNext(site, Date.parse(at))).toBe(opens));

it("always open, and never open", () => {
  const now = Date.parse("2026-06-22T12:00Z");
  expect(opensNext({ ...site, serviceHours: "always" }, now)).toBeNull();
  expect(opensNext({ ...site, serviceHours: {} }, now)).toBeNull();
  expect(opensNext({ ...site, serviceHours: { mon: [["08:00", "09:00"]] } }, now)).toBe("08:00 on Monday");
});
