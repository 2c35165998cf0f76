import type { LatestPoint, Series } from "./api.ts";
import { count } from "./words.ts";

export const hourMs = 3_600_000;
/** Five of every hour of the week. */
export const usualDays = 35;
/** Fewer hours of that kind are no habit. */
const fewest = 3;

/** Devices on, over all radios; null: it has none, or none says. */
export function devicesOn(latest: readonly LatestPoint[]): number | null {
  const values = latest.filter(({ m }) => m === "radio").map(({ fields }) => fields["clients"]);
  const known = values.filter((value) => typeof value === "number");
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

/** The median of the same hour of the week, of hourly values by radio; null where there are too few.
 *  @param timeZone the site's: an hour of the week is its people's */
export function usualAt(radios: readonly Pick<Series, "points">[], at: number, timeZone?: string): number | null {
  const sums = new Map<number, number>();
  for (const { points } of radios)
    for (const [hourAt, value] of points)
      if (typeof value === "number") sums.set(hourAt, (sums.get(hourAt) ?? 0) + value);
  const wordsOf = hoursOfWeek(timeZone);
  const same = wordsOf(at);
  const alike = [...sums].filter(([hourAt]) => hourAt + hourMs <= at && wordsOf(hourAt) === same);
  if (alike.length < fewest) return null;
  const sorted = alike.map(([, sum]) => sum).sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

/** "41 devices on, usually 38 on a Tuesday at 16:00." */
export const usualSentence = (now: number, on: number, usual: number, timeZone?: string): string =>
  `${count(on, "device")} on, usually ${Math.round(usual)} on a ${hoursOfWeek(timeZone)(now)}.`;

/** "Tuesday at 16:00" */
function hoursOfWeek(timeZone: string | undefined): (at: number) => string {
  const zone = timeZone ? { timeZone } : {};
  const format = new Intl.DateTimeFormat("en-GB", { weekday: "long", hour: "2-digit", hourCycle: "h23", ...zone });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return `${parts.get("weekday")} at ${parts.get("hour")}:00`;
  };
}
