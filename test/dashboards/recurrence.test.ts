import fc from "fast-check";
import { expect, it } from "vitest";
import { occurrencesOf, problemOf } from "../../controller/alert/mute/recurrence.ts";
import { type Again, againOf, everyWeek, recurrenceSentence, ruleOf } from "../../dashboards/web/src/recurrence.ts";
import { days } from "../../dashboards/web/src/zoned.ts";

const plain = everyWeek("tue");
it.each<[Partial<Again>, string, string]>([
  [{ every: "day" }, "FREQ=DAILY", "Every day at 02:00, for 1 h 30 min"],
  [{}, "FREQ=WEEKLY;BYDAY=TU", "Every Tuesday at 02:00, for 1 h 30 min"],
  [
    { interval: "2", days: ["thu", "tue"], ends: "count", count: "6" },
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=6",
    "Every 2 weeks on Tuesday and Thursday at 02:00, for 1 h 30 min, 6 times",
  ],
  [{ every: "date", date: "-1" }, "FREQ=MONTHLY;BYMONTHDAY=-1", "The last day of every month at 02:00, for 1 h 30 min"],
  [
    { every: "weekday", nth: "2", ends: "until", until: "2027-03-09" },
    "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270309T235959",
    "The second Tuesday of every month at 02:00, for 1 h 30 min, until Tue 9 Mar 2027",
  ],
  [
    { every: "rule", rule: "FREQ=YEARLY;BYMONTH=7" },
    "FREQ=YEARLY;BYMONTH=7",
    "By the rule FREQ=YEARLY;BYMONTH=7 at 02:00, for 1 h 30 min",
  ],
])("%o is %s: %s", (part, rrule, sentence) => {
  const again = { ...plain, ...part };
  expect(ruleOf(again)).toBe(rrule);
  expect(againOf(rrule)).toMatchObject(part.days ? { ...part, days: ["tue", "thu"] } : part);
  const when = { first: "2026-12-01T02:00", rrule, durationMs: 5_400_000, timeZone: "Europe/London" };
  expect(recurrenceSentence(when)).toBe(sentence);
});

it("what others wrote is kept as it is", () => {
  for (const rule of ["FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1", "FREQ=WEEKLY", "FREQ=DAILY;UNTIL=20270101T120000Z"])
    expect(againOf(rule)).toMatchObject({ every: "rule", rule });
});

const again = fc.record({
  every: fc.constantFrom("day" as const, "week" as const, "date" as const, "weekday" as const),
  interval: fc.integer({ min: 1, max: 12 }).map(String),
  days: fc.uniqueArray(fc.constantFrom(...days), { minLength: 1 }),
  date: fc.constantFrom("1", "15", "28", "31", "-1"),
  nth: fc.constantFrom("1", "2", "3", "4", "-1"),
  weekday: fc.constantFrom(...days),
  ends: fc.constantFrom("never" as const, "count" as const, "until" as const),
  count: fc.integer({ min: 1, max: 50 }).map(String),
  until: fc.constantFrom("2027-01-01", "2028-02-29"),
});

it("whatever is chosen the controller takes, is the same when it is changed, and comes", () => {
  fc.assert(
    fc.property(again, (chosen) => {
      const made = ruleOf({ ...plain, ...chosen });
      expect(problemOf(made)).toBeNull();
      expect(againOf(made).every).toBe(chosen.every);
      expect(ruleOf(againOf(made))).toBe(made);
      const when = { first: "2026-12-01T02:00", rrule: made, durationMs: 3_600_000, timeZone: "UTC" };
      if (chosen.ends === "never") expect(occurrencesOf(when, Date.parse("2026-12-01"), 1)).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
});
