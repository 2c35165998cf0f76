import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createServiceHours, hoursAt, monthIn, servedIn } from "../../../controller/registry/service-hours.ts";
import { type ServiceHours, weekdays } from "../../../controller/registry/site.ts";

const london = "Europe/London";
const at = (text: string): number => Date.parse(text);
const shown = (hours: ServiceHours, zone: string, now: string) => {
  const { open, changesAt } = hoursAt(hours, zone, at(now));
  return [open, changesAt === null ? null : new Date(changesAt).toISOString()];
};
const office: ServiceHours = Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, [["08:00", "18:00"]]]));
const night: ServiceHours = Object.fromEntries(
  weekdays.map((day) => [
    day,
    [
      ["00:00", "06:00"],
      ["20:00", "24:00"],
    ],
  ]),
);

describe("service hours", () => {
  it("of an office, in its own zone", () => {
    // 2026-06-01 is a Monday; London is an hour ahead of UTC.
    expect(shown(office, london, "2026-06-01T06:59:59Z")).toEqual([false, "2026-06-01T07:00:00.000Z"]);
    expect(shown(office, london, "2026-06-01T07:00:00Z")).toEqual([true, "2026-06-01T17:00:00.000Z"]);
    expect(shown(office, london, "2026-06-01T17:00:00Z")).toEqual([false, "2026-06-02T07:00:00.000Z"]);
    expect(shown(office, london, "2026-06-05T18:00:00Z")).toEqual([false, "2026-06-08T07:00:00.000Z"]);
    expect(shown(office, "Pacific/Auckland", "2026-05-31T20:00:00Z")).toEqual([true, "2026-06-01T06:00:00.000Z"]);
  });

  it("over midnight: 24:00 and the next 00:00 are one moment", () => {
    expect(shown(night, london, "2026-06-01T21:00:00Z")).toEqual([true, "2026-06-02T05:00:00.000Z"]);
    expect(shown(night, london, "2026-06-01T23:30:00Z")).toEqual([true, "2026-06-02T05:00:00.000Z"]);
    expect(shown(night, london, "2026-06-02T12:00:00Z")).toEqual([false, "2026-06-02T19:00:00.000Z"]);
  });

  it("when the clocks go forward: a time that is skipped is the first after the gap", () => {
    // 2026-03-29: 01:00 becomes 02:00.
    const early: ServiceHours = { sun: [["01:30", "03:00"]] };
    expect(shown(early, london, "2026-03-29T00:59:59Z")).toEqual([false, "2026-03-29T01:00:00.000Z"]);
    expect(shown(early, london, "2026-03-29T01:00:00Z")).toEqual([true, "2026-03-29T02:00:00.000Z"]);
    expect(shown(office, london, "2026-03-29T12:00:00Z")).toEqual([false, "2026-03-30T07:00:00.000Z"]);
  });

  it("when the clocks go back: a time that comes twice is the first one", () => {
    // 2026-10-25: 02:00 becomes 01:00.
    const early: ServiceHours = { sun: [["01:30", "03:00"]] };
    expect(shown(early, london, "2026-10-25T00:00:00Z")).toEqual([false, "2026-10-25T00:30:00.000Z"]);
    expect(shown(early, london, "2026-10-25T00:30:00Z")).toEqual([true, "2026-10-25T03:00:00.000Z"]);
  });

  it("a month of a zone, and when a site serves in it: as it does at each moment", () => {
    const shown = (month: string, zone: string) =>
      Object.values(monthIn(month, zone)).map((moment) => new Date(moment).toISOString().slice(0, 13));
    expect(shown("2026-10", london)).toEqual(["2026-09-30T23", "2026-11-01T00"]);
    expect(shown("2026-12", "Pacific/Auckland")).toEqual(["2026-11-30T11", "2026-12-31T11"]);
    const october = monthIn("2026-10", london);
    expect(servedIn("always", london, october)).toEqual([october]);
    expect(servedIn({}, london, october)).toEqual([]);
    for (const hours of [office, night]) {
      const spans = servedIn(hours, london, october);
      const isIn = (moment: number) => spans.some(({ from, to }) => from <= moment && moment < to);
      for (let moment = october.from; moment < october.to; moment += 13 * 3_600_000 + 1_800_000)
        expect([moment, isIn(moment)]).toEqual([moment, hoursAt(hours, london, moment).open]);
    }
  });

  it("always, never, and all day every day", () => {
    expect(hoursAt("always", london, 0)).toEqual({ open: true, changesAt: null });
    expect(hoursAt({}, london, at("2026-06-01T12:00:00Z"))).toEqual({ open: false, changesAt: null });
    const all = Object.fromEntries(weekdays.map((day) => [day, [["00:00", "24:00"]]])) as ServiceHours;
    expect(hoursAt(all, london, at("2026-06-01T12:00:00Z"))).toEqual({ open: true, changesAt: null });
  });

  it("changes exactly when it says, whatever the hours, zone and time", () => {
    const time = fc
      .integer({ min: 0, max: 96 })
      .map((q) => `${String(q >> 2).padStart(2, "0")}:${String((q & 3) * 15).padStart(2, "0")}`);
    const range = fc.tuple(time, time).filter(([from, to]) => from < to);
    const hours = fc.record(Object.fromEntries(weekdays.map((day) => [day, fc.array(range, { maxLength: 2 })])));
    const zone = fc.constantFrom(
      london,
      "UTC",
      "America/New_York",
      "Pacific/Auckland",
      "Asia/Kathmandu",
      "Australia/Lord_Howe",
    );
    const now = fc.integer({ min: at("2026-01-01T00:00:00Z") / 1000, max: at("2027-01-01T00:00:00Z") / 1000 });
    fc.assert(
      fc.property(hours, zone, now, (given, timeZone, seconds) => {
        const answer = hoursAt(given as ServiceHours, timeZone, seconds * 1_000);
        if (answer.changesAt === null) return;
        expect(answer.changesAt).toBeGreaterThan(seconds * 1_000);
        expect(hoursAt(given as ServiceHours, timeZone, answer.changesAt - 1).open).toBe(answer.open);
        expect(hoursAt(given as ServiceHours, timeZone, answer.changesAt).open).toBe(!answer.open);
      }),
      { numRuns: 60 },
    );
  });

  it("are those of the clock on the wall, over a year and many zones, away from the hours around a change of clocks", () => {
    const time = fc.integer({ min: 0, max: 96 }).map((q) => q * 15);
    const range = fc.tuple(time, time).filter(([from, to]) => from < to);
    const days = fc.array(fc.array(range, { maxLength: 3 }), { minLength: 7, maxLength: 7 });
    const zone = fc.constantFrom(
      london,
      "America/St_Johns",
      "America/New_York",
      "Pacific/Chatham",
      "Pacific/Kiritimati",
      "Asia/Kathmandu",
      "Australia/Lord_Howe",
    );
    const word = (minutes: number): string =>
      `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
    const wallOf = new Map<string, Intl.DateTimeFormat>();
    /** Read off by itself: "Mon 08:15" in that zone. */
    const wall = (timeZone: string, now: number): { day: number; minute: number } => {
      const style = { timeZone, hourCycle: "h23", weekday: "short", hour: "2-digit", minute: "2-digit" } as const;
      const format = wallOf.get(timeZone) ?? new Intl.DateTimeFormat("en-GB", style);
      wallOf.set(timeZone, format);
      const [day = "", hour = "", minute = ""] = format.format(now).split(/[ ,:]+/);
      return { day: weekdays.indexOf(day.toLowerCase() as never), minute: Number(hour) * 60 + Number(minute) };
    };
    const offset = (timeZone: string, now: number): number => {
      const { day, minute } = wall(timeZone, now);
      return (((day * 1_440 + minute - Math.floor(now / 60_000)) % 10_080) + 10_080) % 10_080;
    };
    const minuteOfYear = fc.integer({ min: 0, max: 365 * 1_440 });
    fc.assert(
      fc.property(days, zone, minuteOfYear, (given, timeZone, minutes) => {
        const now = at("2026-01-01T00:00:00Z") + minutes * 60_000;
        const hour = 3_600_000;
        fc.pre(offset(timeZone, now - 3 * hour) === offset(timeZone, now + 3 * hour));
        const hours = Object.fromEntries(
          weekdays.map((name, i) => [name, (given[i] ?? []).map(([from, to]) => [word(from), word(to)])]),
        ) as ServiceHours;
        const { day, minute } = wall(timeZone, now);
        const open = (given[day] ?? []).some(([from, to]) => from <= minute && minute < to);
        expect(hoursAt(hours, timeZone, now).open).toBe(open);
      }),
      { numRuns: 150 },
    );
  });

  it("never name a moment of change that another hour of the same day disputes, on the days of the change too", () => {
    for (const [zone, from, to] of [
      [london, "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z"],
      [london, "2026-10-24T00:00:00Z", "2026-10-26T12:00:00Z"],
      ["Australia/Lord_Howe", "2026-04-03T00:00:00Z", "2026-04-06T00:00:00Z"],
    ] as const) {
      let known = hoursAt(night, zone, at(from));
      for (let now = at(from); now < at(to); now += 30 * 60_000) {
        const is = hoursAt(night, zone, now);
        // The sites that are asked every second flip exactly when they said that they would.
        expect(is.open).toBe(now < (known.changesAt ?? Infinity) ? known.open : !known.open);
        known = is;
      }
    }
  });

  it("are remembered until they change, and anew after a change of the site or a clock that jumped back", () => {
    let site = { serviceHours: office, timeZone: london, version: 1 };
    let asked = 0;
    const hours = createServiceHours((id) => {
      asked++;
      return id === "s" ? site : undefined;
    });
    expect(hours("s", at("2026-06-01T12:00:00Z")).open).toBe(true);
    expect(hours("s", at("2026-06-01T18:00:00Z")).open).toBe(false);
    expect(hours("s", at("2026-06-01T12:00:00Z")).open).toBe(true);
    site = { ...site, serviceHours: {}, version: 2 };
    expect(hours("s", at("2026-06-01T12:00:00Z")).open).toBe(false);
    expect(hours("none-such", 0).open).toBe(true);
    expect(hours(null, 0).open).toBe(true);
    expect(asked).toBe(5);
  });
});
