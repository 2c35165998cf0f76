import type { Site } from "./api.ts";

/** When a site that is closed at `now` opens next, by its own clocks: "17:00", "17:00 tomorrow", "08:00 on Monday".
 *  null: it is open, or does not open soon. Pure. */
export function opensNext({ serves, timeZone }: Pick<Site, "serves" | "timeZone">, now: number): string | null {
  if (serves.some(({ from, to }) => from <= now && now < to)) return null;
  const next = serves.find(({ from }) => from > now);
  if (!next) return null;
  const shown = (at: number, style: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", ...style }).format(at);
  const day = (at: number) => Date.parse(`${shown(at, { dateStyle: "short" }).split("/").reverse().join("-")}T00:00Z`);
  const ahead = Math.round((day(next.from) - day(now)) / 86_400_000);
  const time = shown(next.from, { hour: "2-digit", minute: "2-digit" });
  if (ahead === 0) return time;
  return ahead === 1 ? `${time} tomorrow` : `${time} on ${shown(next.from, { weekday: "long" })}`;
}
