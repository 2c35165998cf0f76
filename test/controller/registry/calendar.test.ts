import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holidayCalendars } from "../../../controller/registry/bank-holidays.ts";
import {
  calendarLimits,
  dateOf,
  hoursOfDate,
  noCalendar,
  rescheduled,
  type Schedule,
  type SiteCalendar,
} from "../../../controller/registry/calendar.ts";
import { formatHours, parseDay, parseHours } from "../../../controller/registry/hours.ts";
import { hoursAt, servedBy, servedIn } from "../../../controller/registry/service-hours.ts";
import { sunTimes } from "../../../controller/registry/sun.ts";

const london = "Europe/London";
const grays = { lat: 51.4765, lon: 0.3266 };
const at = (text: string): number => Date.parse(text);
const dayMs = 86_400_000;
const dayOf = (date: string): number => at(`${date}T00:00:00Z`) / dayMs;

describe("the sun", () => {
  const clock = (minutes: number): string => new Date(minutes * 60_000).toISOString().slice(11, 16);
  /** Almanac times in UTC for London (51° 30′ N, 0° 7′ W), to the minute. */
  it.each([
    ["2026-03-20", "06:04", "18:13"],
    ["2026-06-21", "03:43", "20:21"],
    ["2026-12-21", "08:04", "15:53"],
  ])("rises and sets in London on %s at %s and %s, give or take two minutes", (date, rises, sets) => {
    const sun = sunTimes(dayOf(date), { lat: 51.5, lon: -0.12 }, 90.833);
    if (typeof sun === "string") throw new Error(sun);
    for (const [found, wanted] of [
      [sun.dawn, rises],
      [sun.dusk, sets],
    ] as const)
      expect(Math.abs(found - at(`1970-01-01T${wanted}:00Z`) / 60_000), clock(found)).toBeLessThanOrEqual(2);
  });

  it("makes dusk after it set and dawn before it rose, everywhere on every day; beyond the circles it is light or dark", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20_000, max: 22_000 }),
        fc.double({ min: -60, max: 60, noNaN: true }),
        (day, lat) => {
          const [civil, rim] = [sunTimes(day, { lat, lon: 0 }), sunTimes(day, { lat, lon: 0 }, 90.833)];
          if (typeof civil === "string" || typeof rim === "string") return;
          expect(civil.dawn).toBeLessThan(rim.dawn);
          expect(civil.dusk).toBeGreaterThan(rim.dusk);
        },
      ),
    );
    expect(sunTimes(dayOf("2026-06-21"), { lat: 75, lon: 20 })).toBe("light");
    expect(sunTimes(dayOf("2026-12-21"), { lat: 80, lon: 20 })).toBe("dark");
  });
});

describe("bank holidays of England and Wales", () => {
  const [england] = holidayCalendars;
  const dates = england?.days.map(({ date }) => date) ?? [];
  const weekday = (day: number): number => new Date(day * dayMs).getUTCDay();

  /** Easter Sunday by the Gregorian computus (Meeus). */
  function easter(year: number): number {
    const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
    const [d, e] = [Math.floor(b / 4), b % 4];
    const g = Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3);
    const h = (19 * a + b - d - g + 15) % 30;
    const [i, k] = [Math.floor(c / 4), c % 4];
    const l = (32 + 2 * e + 2 * i - h - k) % 7;
    const m = Math.floor((a + 11 * h + 22 * l) / 451);
    const n = h + l - 7 * m + 114;
    return Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1) / dayMs;
  }

  it.each([2026, 2027, 2028])("of %i follow from the rules that they are made by", (year) => {
    const of = (month: number, day: number): number => Date.UTC(year, month - 1, day) / dayMs;
    const monday = (from: number): number => from + ((8 - weekday(from)) % 7);
    const lastMonday = (month: number): number => monday(of(month + 1, 1) - 7);
    const wanted = new Set<number>();
    const substitute = (day: number): void => {
      let free = day;
      while (weekday(free) === 0 || weekday(free) === 6 || wanted.has(free)) free++;
      wanted.add(free);
    };
    substitute(of(1, 1));
    for (const day of [easter(year) - 2, easter(year) + 1, monday(of(5, 1)), lastMonday(5), lastMonday(8)])
      wanted.add(day);
    substitute(of(12, 25));
    substitute(of(12, 26));
    const found = dates.filter((date) => date.startsWith(String(year)));
    expect(found).toEqual([...wanted].sort((a, b) => a - b).map(dateOf));
  });
});

describe("days that are unlike their weekday", () => {
  const office = parseHours("Mon-Fri 08:00-18:00");
  const calendar: SiteCalendar = {
    holidays: { dates: ["2026-12-25", "2026-12-28"], hours: "closed" },
    exceptions: [
      { from: "2026-12-27", to: "2026-12-28", hours: [["10:00", "12:00"]], why: "market" },
      { from: "2026-12-28", hours: "open" },
    ],
  };
  const open = (now: string): boolean => hoursAt(office, london, at(now), { calendar }).open;

  it("exceptions beat holidays, holidays beat the week, the first exception counts", () => {
    expect(hoursOfDate("2026-12-25", calendar)).toBe("closed");
    expect(hoursOfDate("2026-12-28", calendar)).toEqual([["10:00", "12:00"]]);
    expect(hoursOfDate("2026-12-29", calendar)).toBeNull();
    expect(open("2026-12-24T12:00:00Z")).toBe(true);
    expect(open("2026-12-25T12:00:00Z")).toBe(false);
    expect(open("2026-12-27T11:00:00Z")).toBe(true);
    expect(open("2026-12-28T11:00:00Z")).toBe(true);
    expect(open("2026-12-28T13:00:00Z")).toBe(false);
  });

  it("say when it opens next, over a holiday", () => {
    expect(hoursAt(office, london, at("2026-12-24T19:00:00Z"), { calendar })).toEqual({
      open: false,
      changesAt: at("2026-12-27T10:00:00Z"),
    });
  });

  it("close also a site that always serves", () => {
    const closed: SiteCalendar = { holidays: null, exceptions: [{ from: "2026-12-25", hours: "closed" }] };
    const christmas = { from: at("2026-12-24T00:00:00Z"), to: at("2026-12-27T00:00:00Z") };
    expect(servedIn("always", london, christmas, { calendar: closed })).toEqual([
      { from: christmas.from, to: at("2026-12-25T00:00:00Z") },
      { from: at("2026-12-26T00:00:00Z"), to: christmas.to },
    ]);
    expect(hoursAt("always", london, christmas.from, { calendar: closed })).toEqual({
      open: true,
      changesAt: at("2026-12-25T00:00:00Z"),
    });
  });
});

describe("dusk to dawn", () => {
  const nightly = parseHours("dusk to dawn");
  const more = { location: grays };

  it("is open in the night and closed by day, and changes when the sky does", () => {
    const { open, changesAt } = hoursAt(nightly, london, at("2026-12-21T12:00:00Z"), more);
    const sun = sunTimes(dayOf("2026-12-21"), grays);
    expect(open).toBe(false);
    expect(changesAt).toBe(at("2026-12-21T00:00:00Z") + (typeof sun === "string" ? 0 : Math.round(sun.dusk) * 60_000));
    expect(hoursAt(nightly, london, at("2026-12-21T23:30:00Z"), more).open).toBe(true);
    expect(hoursAt(nightly, london, at("2026-06-21T20:30:00Z"), more).open).toBe(false);
    expect(hoursAt(nightly, london, at("2026-06-21T22:00:00Z"), more).open).toBe(true);
  });

  it("is one stretch a night, longer in winter", () => {
    const of = (from: string, to: string) => servedIn(nightly, london, { from: at(from), to: at(to) }, more);
    const [winter, summer] = [
      of("2026-12-10T12:00:00Z", "2026-12-11T12:00:00Z"),
      of("2026-06-10T12:00:00Z", "2026-06-11T12:00:00Z"),
    ];
    expect([winter.length, summer.length]).toEqual([1, 1]);
    const hours = ([span]: { from: number; to: number }[]) => ((span?.to ?? 0) - (span?.from ?? 0)) / 3_600_000;
    expect(hours(winter)).toBeGreaterThan(14);
    expect(hours(summer)).toBeLessThan(7);
  });

  it("is always in a polar night, never under the midnight sun", () => {
    const far = { location: { lat: 80, lon: 20 } };
    expect(hoursAt(nightly, "UTC", at("2026-12-21T12:00:00Z"), far).open).toBe(true);
    expect(hoursAt(nightly, "UTC", at("2026-06-21T00:30:00Z"), far).open).toBe(false);
  });

  it("is written and read the same", () => {
    expect(formatHours(nightly)).toBe("Mon-Sun 00:00-dawn, dusk-24:00");
    expect(parseHours(formatHours(nightly))).toEqual(nightly);
    expect(parseHours("Mon-Fri 08:00-dusk; Sat dawn-dusk")).toMatchObject({ sat: [["dawn", "dusk"]] });
    expect(parseDay("dusk to dawn")).toEqual(nightly === "always" ? [] : nightly.mon);
    expect(parseDay("10:00-16:00, 18:00-dusk")).toEqual([
      ["10:00", "16:00"],
      ["18:00", "dusk"],
    ]);
    expect(() => parseDay("dusk-dawn")).toThrow("over midnight");
    expect(() => parseDay("16:00-10:00")).toThrow("over midnight");
    expect(() => parseDay("perhaps")).toThrow("will not do");
  });
});

describe("hours that are changed", () => {
  const schedule = (text: string, more: Partial<Schedule> = {}): Schedule => ({
    ...{ serviceHours: parseHours(text), timeZone: "UTC", calendar: noCalendar, location: grays },
    ...more,
  });

  it("say nothing of the time before", () => {
    const first = rescheduled([], schedule("always"), at("2026-01-01T00:00:00Z"));
    const history = rescheduled(first, schedule("Mon-Sun 08:00-18:00"), at("2026-06-02T12:00:00Z"));
    const served = servedBy(history, { from: at("2026-06-01T00:00:00Z"), to: at("2026-06-04T00:00:00Z") });
    expect(served).toEqual([
      { from: at("2026-06-01T00:00:00Z"), to: at("2026-06-02T18:00:00Z") },
      { from: at("2026-06-03T08:00:00Z"), to: at("2026-06-03T18:00:00Z") },
    ]);
  });

  it("are no change where nothing was changed, nor where the sun does not matter", () => {
    const first = rescheduled([], schedule("always"), 1_000);
    expect(rescheduled(first, schedule("always", { location: { lat: 0, lon: 0 } }), 2_000)).toHaveLength(1);
    const nightly = rescheduled(first, schedule("dusk to dawn"), 2_000);
    expect(rescheduled(nightly, schedule("dusk to dawn", { location: { lat: 0, lon: 0 } }), 3_000)).toHaveLength(3);
  });

  it("are remembered up to a bound, with no hole", () => {
    let history = rescheduled([], schedule("always"), 0);
    for (let i = 1; i <= calendarLimits.changes + 20; i++)
      history = rescheduled(history, schedule(i % 2 ? "never" : "always"), i * 1_000);
    expect(history).toHaveLength(calendarLimits.changes);
    expect(history[0]?.from).toBe(0);
  });
});
