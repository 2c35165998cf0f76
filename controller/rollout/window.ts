import type { Zone } from "../base/zone.ts";
import type { RolloutSettings } from "./schema.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Is it within the window by the site's own clocks? One that ends before it begins goes on into the next day, and belongs
 *  to the day on which it began. Pure. */
export function isWithin({ days, from, to }: NonNullable<RolloutSettings["window"]>, zone: Zone, now: number): boolean {
  const local = now + zone(now);
  const minute = Math.floor((local % dayMs) / minuteMs);
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  const today = weekdayOf(local);
  const yesterday = today === 1 ? 7 : today - 1;
  if (begin < end) return days.includes(today) && minute >= begin && minute < end;
  return (days.includes(today) && minute >= begin) || (days.includes(yesterday) && minute < end);
}

/** 1 (Monday) to 7; the first of January 1970 was a Thursday. */
const weekdayOf = (local: number): number => ((Math.floor(local / dayMs) + 3) % 7) + 1;
