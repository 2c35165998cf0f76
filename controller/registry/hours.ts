import type { DayHours, DayRange } from "./calendar.ts";
import { type ServiceHours, type Weekday, weekdays } from "./site.ts";

const dayWords = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const mostText = 500;

/** Service hours as people write them: "always", or "Mon-Fri 08:00-18:00, 19:00-20:00; Sat 09:00-12:00". A day that is
 *  not named has none; hours over midnight are two, the second on the next day. "dawn" and "dusk" are times. */
export function formatHours(hours: ServiceHours): string {
  if (hours === "always") return "always";
  const texts = weekdays.map((day) => (hours[day] ?? []).map(([from, to]) => `${from}-${to}`).join(", "));
  const parts: string[] = [];
  for (let day = 0; day < texts.length; day++) {
    let last = day;
    while (texts[last + 1] === texts[day] && last + 1 < texts.length) last++;
    const days = last === day ? dayWords[day] : `${dayWords[day]}-${dayWords[last]}`;
    if (texts[day]) parts.push(`${days} ${texts[day]}`);
    day = last;
  }
  return parts.length === 0 ? "never" : parts.join("; ");
}

/** Throws a sentence that says what is allowed. */
export function parseHours(text: string): ServiceHours {
  const trimmed = text.trim().toLowerCase();
  if (trimmed === "always" || trimmed === "24/7") return "always";
  if (trimmed === "never") return {};
  if (/^dusk (to|-) dawn$/.test(trimmed)) return nightly();
  const hours: { [D in Weekday]?: [string, string][] } = {};
  for (const part of trimmed.slice(0, mostText).split(";")) {
    const match = /^\s*([a-z]+(?:\s*-\s*[a-z]+)?)\s+((?:\d|dawn|dusk).*?)\s*$/.exec(part);
    if (!match?.[1] || !match[2]) throw wrong(part);
    const ranges = match[2].split(",").map((range) => rangeOf(range, part));
    for (const day of daysOf(match[1], part)) {
      const all = [...(hours[day] ?? []), ...ranges].sort(([a], [b]) => order(a) - order(b));
      if (all.some((range, i) => i > 0 && order(range[0]) < order(all[i - 1]?.[1] ?? "")))
        throw wrong(part, "the times overlap");
      if (all.length > 4) throw wrong(part, "at most 4 times a day");
      hours[day] = all;
    }
  }
  return hours;
}

function daysOf(text: string, part: string): Weekday[] {
  const [from, to = from] = text.split("-").map((word) => weekdays.findIndex((day) => word.trim().startsWith(day)));
  if (from === undefined || to === undefined || from < 0 || to < from) throw wrong(part);
  return weekdays.slice(from, to + 1);
}

function rangeOf(text: string, part: string): [string, string] {
  const match = /^\s*(\d{1,2}:\d\d|dawn|dusk)\s*-\s*(\d{1,2}:\d\d|dawn|dusk)\s*$/.exec(text);
  const [from = "", to = ""] = [match?.[1], match?.[2]].map((time) => (isSun(time) ? time : time?.padStart(5, "0")));
  if (!isTime(from) || !isTime(to)) throw wrong(part);
  if (!isRange([from, to])) throw wrong(part, "over midnight, write two: Mon 20:00-24:00; Tue 00:00-06:00");
  return [from, to];
}

const isSun = (time: string | undefined): boolean => time === "dawn" || time === "dusk";
export const isTime = (time: string): boolean => isSun(time) || /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(time);

/** Whether it can be a stretch of one day: dawn and dusk move, but noon is between them. */
export const isRange = ([from, to]: readonly [string, string]): boolean =>
  isSun(from) || isSun(to) ? from !== to && !(from === "dusk" && to === "dawn") : from < to;

/** By which times of a day stand in order: dawn and dusk as if it were the spring. */
const order = (time: string): number =>
  time === "dawn" ? 360 : time === "dusk" ? 1_080 : Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

const night = (): [string, string][] => [
  ["00:00", "dawn"],
  ["dusk", "24:00"],
];
const nightly = (): ServiceHours => Object.fromEntries(weekdays.map((day) => [day, night()]));

/** Hours of one day as people write them: "open", "closed", "dusk to dawn" or "10:00-16:00, 18:00-dusk". */
export function parseDay(text: string): DayHours {
  const trimmed = text.trim().toLowerCase().slice(0, mostText);
  if (trimmed === "open" || trimmed === "closed") return trimmed;
  if (/^dusk (to|-) dawn$/.test(trimmed)) return night();
  const ranges = trimmed.split(",").map((range) => rangeOf(range, trimmed));
  if (ranges.length > 4) throw wrong(trimmed, "at most 4 times a day");
  const sorted = ranges.sort(([a], [b]) => order(a) - order(b));
  if (sorted.some((range, i) => i > 0 && order(range[0]) < order(sorted[i - 1]?.[1] ?? "")))
    throw wrong(trimmed, "the times overlap");
  return sorted as DayRange[];
}

const wrong = (part: string, more = 'such as "always" or "Mon-Fri 08:00-18:00; Sat 09:00-12:00"') =>
  new Error(`"${part.trim().slice(0, 60)}" will not do: ${more}`);
