import type { Site } from "./api.ts";

const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** When a site that is closed at `now` opens next, by its own clocks: "17:00", "17:00 tomorrow", "08:00 on Monday".
 *  null: it is open, or never is. Pure. */
export function opensNext(site: Pick<Site, "serviceHours" | "timeZone">, now: number): string | null {
  const { serviceHours, timeZone } = site;
  if (serviceHours === "always") return null;
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  const today = dayNames.indexOf(part("weekday"));
  const time = `${part("hour")}:${part("minute")}`;
  const of = (day: number) => serviceHours[weekdays[day % 7] ?? "mon"] ?? [];
  if (of(today).some(([from, to]) => from <= time && time < to)) return null;
  for (let ahead = 0; ahead <= 7; ahead++) {
    const [next] = of(today + ahead)
      .map(([from]) => from)
      .filter((from) => ahead > 0 || from > time)
      .sort();
    if (next === undefined) continue;
    if (ahead === 0) return next;
    return ahead === 1 ? `${next} tomorrow` : `${next} on ${dayNames[(today + ahead) % 7]}`;
  }
  return null;
}
