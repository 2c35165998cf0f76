import { expect, it } from "vitest";
import { servedIn } from "../../controller/registry/service-hours.ts";
import type { ServiceHours } from "../../controller/registry/site.ts";
import { opensNext } from "../../dashboards/web/src/hours.ts";
import { hoursChangeOf, hoursDraftOf, withDates } from "../../dashboards/web/src/hours-draft.ts";

const timeZone = "Europe/London";
/** As the controller lists it. */
const opens = (serviceHours: ServiceHours, now: number) =>
  opensNext({ timeZone, serves: servedIn(serviceHours, timeZone, { from: now, to: now + 8 * 86_400_000 }) }, now);
const week: ServiceHours = {
  mon: [
    ["08:00", "12:00"],
    ["14:00", "24:00"],
  ],
  tue: [["07:30", "18:00"]],
  sat: [["09:00", "17:00"]],
};

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
])("%s: opens %s", (at, wanted) => expect(opens(week, Date.parse(at))).toBe(wanted));

it("always open, and never open", () => {
  const now = Date.parse("2026-06-22T12:00Z");
  expect(opensNext({ timeZone, serves: [] }, now)).toBeNull();
  expect(opens("always", now)).toBeNull();
  expect(opens({}, now)).toBeNull();
  expect(opens({ mon: [["08:00", "09:00"]] }, now)).toBe("08:00 on Monday");
});

it("hours are typed as they are shown", () => {
  const calendar = {
    holidays: { dates: ["2026-12-25", "2026-12-28"], hours: "closed" as const },
    exceptions: [
      { from: "2026-12-27", to: "2026-12-31", hours: [["10:00", "dusk"]] as [string, string][], why: "market" },
      { from: "2027-01-01", hours: "open" as const },
    ],
  };
  const draft = hoursDraftOf({ serviceHoursText: "Mon-Fri 08:00-18:00", calendar });
  expect(draft.exceptions).toBe("2026-12-27 to 2026-12-31 10:00-dusk (market)\n2027-01-01 open");
  expect(hoursChangeOf(draft)).toEqual({
    serviceHours: "Mon-Fri 08:00-18:00",
    calendar: {
      holidays: { dates: ["2026-12-25", "2026-12-28"], hours: "closed" },
      exceptions: [
        { from: "2026-12-27", to: "2026-12-31", hours: "10:00-dusk", why: "market" },
        { from: "2027-01-01", hours: "open" },
      ],
    },
  });
  expect(hoursChangeOf({ ...draft, holidays: " ", exceptions: "\n" }).calendar).toEqual({
    holidays: null,
    exceptions: [],
  });
  expect(() => hoursChangeOf({ ...draft, exceptions: "Christmas closed" })).toThrow('"Christmas closed" will not do');
  expect(withDates("2027-01-01, 2026-12-25", ["2026-12-25", "2026-12-28"])).toBe("2026-12-25\n2026-12-28\n2027-01-01");
});
