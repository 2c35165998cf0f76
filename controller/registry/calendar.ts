import type { Location, ServiceHours } from "./site.ts";

/** A time of the day, "dawn" or "dusk" of the site's own sky. */
export type DayRange = [from: string, to: string];
/** Of one day: all of it, nothing of it, or ranges. */
export type DayHours = "open" | "closed" | DayRange[];

/** Days that are other than their weekday. */
export interface SiteCalendar {
  /** Bank holidays and the like: all of them serve alike. */
  holidays: { dates: string[]; hours: DayHours } | null;
  /** Dated, both days included; they beat holidays, the first that fits counts. */
  exceptions: { from: string; to?: string | undefined; hours: DayHours; why?: string | undefined }[];
}

export const noCalendar: SiteCalendar = { holidays: null, exceptions: [] };

export const calendarLimits = {
  /** Holidays of a site. */
  dates: 200,
  exceptions: 100,
  ranges: 4,
  whyChars: 200,
  /** Changes of a site's hours that are remembered for its reports; of more the oldest count as one. */
  changes: 200,
} as const;

/** All that says when a site serves. */
export interface Schedule {
  serviceHours: ServiceHours;
  timeZone: string;
  calendar: SiteCalendar;
  /** For dawn and dusk. */
  location: Location;
}

/** A schedule and from when on it held. */
export interface Dated extends Schedule {
  from: number;
}

const dayMs = 86_400_000;

/** "2026-12-25" of a day since 1970. */
export const dateOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** What a date says for itself; null: it is like its weekday. Pure. */
export function hoursOfDate(date: string, { holidays, exceptions }: SiteCalendar): DayHours | null {
  const exception = exceptions.find(({ from, to = from }) => from <= date && date <= to);
  if (exception) return exception.hours;
  return holidays?.dates.includes(date) ? holidays.hours : null;
}

/** Whether both say the same of every moment, as far as anybody can tell. */
export const sameSchedule = (a: Schedule, b: Schedule): boolean => essence(a) === essence(b);

const essence = ({ serviceHours, timeZone, calendar, location }: Schedule): string => {
  const said = JSON.stringify([serviceHours, calendar]);
  // Where it is matters to whom the sun matters.
  return JSON.stringify([said, timeZone, /"(dawn|dusk)"/.test(said) ? location : null]);
};

/** The schedules of a site with the one that holds from now on. Pure. */
export function rescheduled(history: readonly Dated[], now: Schedule, at: number): Dated[] {
  const { serviceHours, timeZone, calendar, location } = now;
  const next: Dated = { serviceHours, timeZone, calendar, location, from: at };
  const last = history.at(-1);
  if (!last) return [{ ...next, from: 0 }];
  if (sameSchedule(last, next)) return [...history];
  // A clock that jumped back must not make them overlap.
  const all = [...history, { ...next, from: Math.max(at, last.from + 1) }];
  const kept = all.slice(-calendarLimits.changes);
  return kept.map((one, i) => (i === 0 ? { ...one, from: 0 } : one));
}
