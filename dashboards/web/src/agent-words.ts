import { duration, quantity } from "./words.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A clock that is further off makes a device's times doubtful. */
const clockOffMs = 30_000;

type Bucket = [at: number, value: number | string | null];

/** @param hours bytes written in each hour */
export function flashSentence(hours: readonly Bucket[], now: number): string {
  const known = hours.filter(([, value]) => typeof value === "number");
  const [first, last] = [known[0]?.[0], known.at(-1)?.[0]];
  if (first === undefined || last === undefined) return "not told yet";
  const bytes = known.reduce((sum, [, value]) => sum + Number(value), 0);
  const spanMs = Math.max(hourMs, Math.min(now, last + hourMs) - first);
  return `the agent writes about ${quantity((bytes * dayMs) / spanMs, "B")} a day`;
}

/** @param skews what was said of its clock, in milliseconds; null: nothing, so that it is right */
export function clockSentence(skews: readonly Bucket[]): string | null {
  const last = skews.findLast(([, value]) => typeof value === "number")?.[1];
  if (typeof last !== "number" || Math.abs(last) <= clockOffMs) return null;
  return `${duration(Math.abs(last))} ${last > 0 ? "fast" : "slow"}`;
}
