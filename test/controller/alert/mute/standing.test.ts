import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { muteLimits } from "../../../../controller/alert/mute/limits.ts";
import { problemOf } from "../../../../controller/alert/mute/recurrence.ts";
import { newSilence, newWindow, when as whenSchema } from "../../../../controller/alert/mute/schema.ts";
import { hasBegun, overAt, standingOf, type Timed } from "../../../../controller/alert/mute/standing.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const london = "Europe/London";
const night = (over: object = {}): Timed => ({
  when: { first: "2026-01-01T01:30", rrule: "FREQ=DAILY", durationMs: hour, timeZone: london, ...over },
  endedAt: null,
});

describe("a window that comes again", () => {
  it("begins after the gap where the clocks skip its start, and runs once where they show it twice", () => {
    // 29 March 2026: 01:00 GMT is 02:00 BST; there is no 01:30.
    const spring = Date.UTC(2026, 2, 29);
    expect(standingOf(night(), spring)).toMatchObject({ active: false, nextAt: spring + hour });
    expect(standingOf(night(), spring + hour)).toMatchObject({
      active: true,
      since: spring + hour,
      until: spring + 2 * hour,
    });
    // The next day by the clocks again: 01:30 BST.
    expect(standingOf(night(), spring + 3 * hour).nextAt).toBe(spring + day + 30 * minute);
    // 25 October 2026: 01:30 is there at 00:30 and at 01:30 UTC.
    const autumn = Date.UTC(2026, 9, 25);
    expect(standingOf(night(), autumn)).toMatchObject({ active: false, nextAt: autumn + 30 * minute });
    expect(standingOf(night(), autumn + 30 * minute)).toMatchObject({ active: true, until: autumn + 90 * minute });
    expect(standingOf(night(), autumn + 90 * minute)).toMatchObject({
      active: false,
      nextAt: autumn + day + 90 * minute,
    });
  });

  it("is by the clock on the wall, whatever the moment: against a search minute by minute", () => {
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: london, dateStyle: "short", timeStyle: "short" });
    /** The first minute of a day at which the clocks show the time, or a later one where they skip it. */
    const search = (midnight: number, time: string): number => {
      const date = format.format(midnight + 12 * hour).slice(0, 10);
      for (let at = midnight - 2 * hour; ; at += minute) {
        const [on = "", shows = ""] = format.format(at).split(", ");
        if (on === date && shows >= time) return at;
      }
    };
    const known = new Map<string, number>();
    const begins = (midnight: number, time: string): number => {
      const key = `${midnight} ${time}`;
      const at = known.get(key) ?? search(midnight, time);
      known.set(key, at);
      return at;
    };
    const around = fc.constantFrom(Date.UTC(2026, 2, 29), Date.UTC(2026, 9, 25));
    const time = fc.constantFrom("00:00", "00:30", "00:59", "01:00", "01:30", "01:59", "02:00", "02:30");
    fc.assert(
      fc.property(
        around,
        time,
        fc.integer({ min: -30, max: 30 }),
        fc.integer({ min: 1, max: 20 }),
        (middle, t, at, long) => {
          const now = middle + at * hour + 7 * minute;
          const durationMs = long * hour;
          const starts = [-2, -1, 0, 1, 2].map((ahead) => begins(middle + ahead * day, t));
          const holding = starts.filter((start) => start <= now && now < start + durationMs);
          const is = standingOf(night({ first: `2026-01-01T${t}`, durationMs }), now);
          expect(is.active).toBe(holding.length > 0);
          expect(is.since).toBe(holding[0] ?? null);
          expect(is.until).toBe(holding.length > 0 ? Math.max(...holding) + durationMs : null);
          expect(is.nextAt).toBe(starts.find((start) => start > now) ?? is.nextAt);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("changes exactly when it says", () => {
    const rules = [
      "FREQ=DAILY;INTERVAL=3",
      "FREQ=WEEKLY;BYDAY=TU,SA",
      "FREQ=MONTHLY;BYDAY=2TU,-1FR",
      "FREQ=MONTHLY;BYMONTHDAY=31",
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...rules),
        fc.constantFrom(london, "America/New_York", "Australia/Lord_Howe", "UTC"),
        fc.integer({ min: 0, max: 500 * 24 }),
        (rrule, timeZone, hours) => {
          const window = night({ rrule, timeZone });
          const now = Date.UTC(2026, 0, 1) + hours * hour;
          const is = standingOf(window, now);
          const changesAt = is.until ?? is.nextAt ?? now;
          expect(standingOf(window, changesAt - 1).active).toBe(is.active);
          expect(standingOf(window, changesAt).active).toBe(!is.active);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("ends with its count, its last day or by hand", () => {
    const five = night({ rrule: "FREQ=DAILY;COUNT=5" });
    expect(overAt(five)).toBe(Date.UTC(2026, 0, 5, 2, 30));
    expect(standingOf(five, Date.UTC(2026, 0, 5, 2, 30))).toEqual({
      active: false,
      since: null,
      until: null,
      nextAt: null,
    });
    // In summer 00:30 UTC is 01:30: the last one begins at this very moment.
    const until = night({ first: "2026-06-01T01:30", rrule: "FREQ=DAILY;UNTIL=20260603T003000Z" });
    expect(overAt(until)).toBe(Date.UTC(2026, 5, 3, 1, 30));
    const ended = { ...night(), endedAt: Date.UTC(2026, 0, 3, 2) };
    expect(standingOf(ended, Date.UTC(2026, 0, 3, 1, 45))).toMatchObject({
      until: Date.UTC(2026, 0, 3, 2),
      nextAt: null,
    });
    expect(overAt(ended)).toBe(Date.UTC(2026, 0, 3, 2));
    expect([hasBegun(night(), Date.UTC(2026, 0, 1, 1, 29)), hasBegun(night(), Date.UTC(2026, 0, 1, 1, 30))]).toEqual([
      false,
      true,
    ]);
  });
});

describe("at the door", () => {
  const messages = (parsed: { error?: { issues: { message: string }[] } }) =>
    parsed.error?.issues.map(({ message }) => message).join("; ") ?? "";
  const recurring = (over: object) => whenSchema.safeParse({ ...night().when, ...over });

  it.each([
    ["FREQ=HOURLY", /allowed: DAILY, WEEKLY, MONTHLY, YEARLY/],
    ["FREQ=DAILY;BYHOUR=3", /allowed with DAILY/],
    ["FREQ=DAILY;DTSTART=20260101T000000Z", /allowed with DAILY/],
    ["FREQ=WEEKLY;BYDAY=XX", /found BYDAY=XX/],
    ["FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", /each part once/],
    ["FREQ=MONTHLY;BYSETPOS=2", /BYSETPOS counts days of BYDAY/],
    ["FREQ=DAILY;COUNT=2;UNTIL=20270101", /either COUNT or UNTIL/],
    ["FREQ=YEARLY;BYDAY=2MO", /BYDAY with BYMONTH/],
    ["FREQ=DAILY;INTERVAL=32", /found INTERVAL=32/],
    ["", /found FREQ/],
  ])("%s is refused with what is allowed", (text, words) => {
    expect(problemOf(text)).toMatch(words);
    expect(recurring({ rrule: text }).success).toBe(false);
  });

  it("what never comes, or would still last when it comes again, or ends after years, is refused", () => {
    expect(messages(recurring({ rrule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" }))).toMatch(/never comes/);
    expect(messages(recurring({ rrule: "FREQ=DAILY", durationMs: day + hour + 1 }))).toMatch(/still last/);
    expect(recurring({ rrule: "FREQ=DAILY", durationMs: day }).success).toBe(true);
    expect(messages(recurring({ rrule: "FREQ=YEARLY;COUNT=9" }))).toMatch(/ends within 5 years/);
    expect(messages(recurring({ rrule: "FREQ=DAILY;UNTIL=20350101" }))).toMatch(/ends within 5 years/);
  });

  it("every bound holds", () => {
    expect(recurring({ timeZone: "Europe/Grays" }).success).toBe(false);
    expect(recurring({ first: "2026-02-30T01:30" }).success).toBe(false);
    expect(recurring({ durationMs: muteLimits.leastMs - 1 }).success).toBe(false);
    expect(recurring({ rrule: "FREQ=YEARLY", durationMs: muteLimits.occurrenceMs + 1 }).success).toBe(false);
    expect(recurring({ rrule: `FREQ=MONTHLY;BYMONTHDAY=${"1,".repeat(100)}1` }).success).toBe(false);
    const once = (ms: number) => whenSchema.safeParse({ startAt: day, endAt: day + ms }).success;
    expect(
      [muteLimits.leastMs - 1, muteLimits.leastMs, muteLimits.windowMs, muteLimits.windowMs + 1].map(once),
    ).toEqual([false, true, true, false]);
    const silence = { scope: { sites: ["a"] }, endAt: day, why: "Roadworks" };
    expect(newSilence.safeParse(silence).success).toBe(true);
    expect(newSilence.safeParse({ ...silence, why: " " }).success).toBe(false);
    expect(newSilence.safeParse({ ...silence, why: "x".repeat(muteLimits.whyChars + 1) }).success).toBe(false);
    const many = Array.from({ length: muteLimits.rules + 1 }, (_, i) => `rule_${i}`);
    expect(newSilence.safeParse({ ...silence, rules: many }).success).toBe(false);
  });

  it("everything at once is refused: it says what may be named", () => {
    const all = { when: night().when, why: "Upgrade" };
    expect(messages(newWindow.safeParse(all))).toMatch(/scope\.sites, scope\.devices, scope\.tags/);
    expect(messages(newWindow.safeParse({ ...all, scope: { sites: [] }, rules: [] }))).toMatch(
      /this would be everything/,
    );
    expect(newWindow.safeParse({ ...all, rules: ["cannot_store"] }).success).toBe(true);
    expect(newWindow.parse({ ...all, scope: { sites: ["a"] } })).toMatchObject({ sla: "exclude", rules: [] });
  });
});
