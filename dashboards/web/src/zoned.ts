/** Days and times by the clocks of a zone, as "2026-03-29T01:30". Pure. */
const minuteMs = 60_000;
export const dayMs = 86_400_000;
export const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const dayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** What the clocks there show. */
export function localAt(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/** When the clocks there show it; a time that they skip is as much later. null: it is no time. */
export function instantAt(local: string, timeZone: string): number | null {
  const wanted = Date.parse(`${local}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(local) || Number.isNaN(wanted)) return null;
  const offset = (at: number) => Date.parse(`${localAt(at, timeZone)}Z`) - Math.floor(at / minuteMs) * minuteMs;
  const first = wanted - offset(wanted - dayMs);
  const second = wanted - offset(wanted + dayMs);
  return first + offset(first) === wanted || second + offset(second) !== wanted ? first : second;
}

/** The day there, "2026-03-29". */
export const dayOf = (at: number, timeZone: string): string => localAt(at, timeZone).slice(0, 10);

export const addDays = (day: string, many: number): string =>
  new Date(Date.parse(`${day}T00:00Z`) + many * dayMs).toISOString().slice(0, 10);

/** Monday is 0. */
export const weekdayOf = (day: string): number => (new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7;
export const mondayOf = (day: string): string => addDays(day, -weekdayOf(day));

/** "Today", "Tomorrow", "Tuesday 1 December". */
export function dayWords(day: string, today: string): string {
  if (day === today) return "Today";
  if (day === addDays(today, 1)) return "Tomorrow";
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" as const };
  const words = { weekday: "long", day: "numeric", month: "long", ...year, timeZone: "UTC" } as const;
  return new Date(`${day}T00:00Z`).toLocaleDateString("en-GB", words).replace(",", "");
}

/** "22:00–02:00", or with the day of its end where that is another and not the next morning. */
export function spanWords({ from, to }: { from: number; to: number }, timeZone: string): string {
  const [begins, ends] = [localAt(from, timeZone), localAt(to, timeZone)];
  const far = to - from >= dayMs;
  const end = far ? `${shortDay(ends.slice(0, 10))}, ${ends.slice(11)}` : ends.slice(11);
  return `${begins.slice(11)}–${end}`;
}

/** "Tue 1 Dec". */
export const shortDay = (day: string): string =>
  new Date(`${day}T00:00Z`)
    .toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" })
    .replace(",", "");
