import type { Maintenance, Silence } from "./api.ts";
import { lasting } from "./duration-text.ts";
import { recurrenceSentence } from "./recurrence.ts";
import { addDays, dayOf, instantAt, localAt, shortDay, spanWords } from "./zoned.ts";

/** What holds notices back, of either kind. */
export type Planned = (Maintenance & { kind: "maintenance" }) | (Silence & { kind: "silence" });
interface Span {
  from: number;
  to: number;
}

/** When it ends, of what comes once. */
export const onceOf = (one: Planned): Span | null =>
  one.kind === "silence"
    ? { from: one.startAt, to: one.endAt }
    : "rrule" in one.when
      ? null
      : { from: one.when.startAt, to: one.when.endAt };

/** "Sat 28 Nov, 22:00–02:00 (4 h)", or how it comes again. */
export function whenSentence(one: Planned, timeZone: string): string {
  const span = onceOf(one);
  if (one.kind === "maintenance" && "rrule" in one.when) return recurrenceSentence(one.when);
  return span === null ? "" : onceSentence(span, timeZone);
}
export const onceSentence = (span: Span, timeZone: string): string =>
  `${shortDay(dayOf(span.from, timeZone))}, ${spanWords(span, timeZone)} (${lasting(toMinute(span.to - span.from))})`;
const toMinute = (ms: number): number => Math.max(1, Math.round(ms / 60_000)) * 60_000;

/** The day and time at which something ends that lasts now. */
export const untilWords = (until: number, now: number, timeZone: string): string => {
  const [day, time] = localAt(until, timeZone).split("T") as [string, string];
  return day === dayOf(now, timeZone) ? time : `${shortDay(day)}, ${time}`;
};

/** Those that come, by the day on which they begin next; the next first. */
export function byDay<T extends { nextAt: number | null }>(
  coming: readonly T[],
  zoneOf: (one: T) => string,
): { day: string; items: T[] }[] {
  const sorted = [...coming].sort((a, b) => (a.nextAt ?? Infinity) - (b.nextAt ?? Infinity));
  const found = new Map<string, T[]>();
  for (const one of sorted) {
    const day = one.nextAt === null ? "" : dayOf(one.nextAt, zoneOf(one));
    found.set(day, [...(found.get(day) ?? []), one]);
  }
  return [...found].map(([day, items]) => ({ day, items }));
}

/** Seven days from a Monday on, each with what is on then; what lasts longer than a day is on each of its days. */
export function weekOf<T extends Span>(monday: string, spans: readonly T[], timeZone: string) {
  return Array.from({ length: 7 }, (_, i) => {
    const day = addDays(monday, i);
    const from = instantAt(`${day}T00:00`, timeZone) ?? 0;
    const to = instantAt(`${addDays(day, 1)}T00:00`, timeZone) ?? 0;
    const items = spans
      .filter((span) => span.from < to && span.to > from)
      .sort((a, b) => a.from - b.from)
      .map((span) => ({ span, text: partWords(span, { from, to }, timeZone) }));
    return { day, items };
  });
}

function partWords(span: Span, day: Span, timeZone: string): string {
  const [begins, ends] = [localAt(span.from, timeZone).slice(11), localAt(span.to, timeZone).slice(11)];
  if (span.from >= day.from)
    return span.to <= day.to || span.to - span.from < 86_400_000 ? `${begins}–${ends}` : `from ${begins}`;
  return span.to > day.to ? "all day" : `until ${ends}`;
}
