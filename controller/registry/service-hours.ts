import { instantOf, type Zone, zoneOf } from "../base/zone.ts";
import { type Dated, type DayHours, dateOf, hoursOfDate, noCalendar, type Schedule } from "./calendar.ts";
import { type ServiceHours, weekdays } from "./site.ts";
import { sunTimes } from "./sun.ts";

/** Whether a site serves now, and when that changes next; null: never, or not within nine days. */
export interface Hours {
  open: boolean;
  changesAt: number | null;
}

export const always: Hours = { open: true, changesAt: null };

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** From yesterday (its evening may reach into today where clocks differ) to the same day next week. */
const daysLooked = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8] as const;

/** What is more than the hours of its weekdays. */
type More = Partial<Pick<Schedule, "calendar" | "location">>;

const isPlain = ({ calendar = noCalendar }: More): boolean =>
  calendar.holidays === null && calendar.exceptions.length === 0;

/** A site's service hours at `now`, in its own time zone. On the day on which the clocks go forward, a time that the day
 *  skips is the first moment after the gap; on the day on which they go back, a time that comes twice is the first one. */
export function hoursAt(hours: ServiceHours, timeZone: string, now: number, more: More = {}): Hours {
  if (hours === "always" && isPlain(more)) return always;
  const zone = zoneOf(timeZone);
  const today = Math.floor((now + zone(now)) / dayMs);
  const spans = spansOn(
    hours,
    daysLooked.map((ahead) => today + ahead),
    zone,
    more,
  );
  const horizon = now + 7 * dayMs;
  const current = spans.find(({ from, to }) => from <= now && now < to);
  if (current) return { open: true, changesAt: current.to > horizon ? null : current.to };
  return { open: false, changesAt: spans.find(({ from }) => from > now)?.from ?? null };
}

/** A stretch of time, its end left out. */
export interface Span {
  from: number;
  to: number;
}

/** When a site serves within [from, to): in order, without overlap. */
export function servedIn(hours: ServiceHours, timeZone: string, { from, to }: Span, more: More = {}): Span[] {
  if (from >= to) return [];
  if (hours === "always" && isPlain(more)) return [{ from, to }];
  const zone = zoneOf(timeZone);
  const first = Math.floor((from + zone(from)) / dayMs) - 1;
  const last = Math.floor((to + zone(to)) / dayMs) + 1;
  const days = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return spansOn(hours, days, zone, more)
    .map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) }))
    .filter((span) => span.from < span.to);
}

/** When a site served within [from, to), each part by the hours that held then: a change rewrites no past. */
export function servedBy(history: readonly Dated[], { from, to }: Span): Span[] {
  const spans = history.flatMap((one, i) => {
    const within = { from: Math.max(from, one.from), to: Math.min(to, history[i + 1]?.from ?? to) };
    return servedIn(one.serviceHours, one.timeZone, within, one);
  });
  return merge(spans);
}

/** A month of a time zone, such as "2026-11". */
export function monthIn(month: string, timeZone: string): Span {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const zone = zoneOf(timeZone);
  return { from: instantOf(Date.UTC(year, number - 1), zone), to: instantOf(Date.UTC(year, number), zone) };
}

/** @param days since 1970, by the zone's calendar */
function spansOn(hours: ServiceHours, days: readonly number[], zone: Zone, more: More): Span[] {
  const { calendar = noCalendar } = more;
  const spans = days.flatMap((day) => {
    const of = hoursOfDate(dateOf(day), calendar) ?? onWeekday(hours, day);
    const ranges = of === "closed" ? [] : of === "open" ? [wholeDay] : of;
    return ranges.map(([from, to]) => ({
      from: momentOf(from, day, zone, more.location),
      to: momentOf(to, day, zone, more.location),
    }));
  });
  return merge(spans.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from));
}

const wholeDay: [string, string] = ["00:00", "24:00"];

function onWeekday(hours: ServiceHours, day: number): DayHours {
  if (hours === "always") return "open";
  // 1970-01-01 was a Thursday.
  return hours[weekdays[(((day + 3) % 7) + 7) % 7] ?? "mon"] ?? [];
}

/** The moment of a time of that day. Where the sky is light all day it is never night, where it is dark always; within
 *  the day in any case. */
function momentOf(time: string, day: number, zone: Zone, location: Schedule["location"] | undefined): number {
  const at = (minutes: number): number => instantOf(day * dayMs + minutes * minuteMs, zone);
  if (time !== "dawn" && time !== "dusk") return at(minutesOf(time));
  const sun = location ? sunTimes(day, location) : "dark";
  if (sun === "light" || sun === "dark") return at((time === "dawn") === (sun === "dark") ? 24 * 60 : 0);
  const moment = day * dayMs + Math.round(sun[time]) * minuteMs;
  return Math.min(Math.max(moment, at(0)), at(24 * 60));
}

/** In order already; what touches is one. */
function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    // 24:00 and the next day's 00:00 are one moment, not an end.
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Remembers each site's answer until it changes: asked for every silent device every second.
 *  @param site undefined: no such site, always open */
export function createServiceHours(
  site: (id: string) => (Pick<Schedule, "serviceHours" | "timeZone"> & More & { version: number }) | undefined,
): (id: string | null, now: number) => Hours {
  const known = new Map<string, { version: number; from: number; until: number; hours: Hours }>();
  return (id, now) => {
    const one = id === null ? undefined : site(id);
    if (id === null || !one || (one.serviceHours === "always" && isPlain(one))) return always;
    const before = known.get(id);
    if (before && before.version === one.version && before.from <= now && now < before.until) return before.hours;
    const hours = hoursAt(one.serviceHours, one.timeZone, now, one);
    const until = hours.changesAt ?? now + dayMs;
    known.set(id, { version: one.version, from: now, until, hours });
    return hours;
  };
}
