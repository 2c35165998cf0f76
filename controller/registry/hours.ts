import { type ServiceHours, type Weekday, weekdays } from "./site.ts";

const dayWords = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const mostText = 500;

/** Service hours as people write them: "always", or "Mon-Fri 08:00-18:00, 19:00-20:00; Sat 09:00-12:00". A day that is
 *  not named has none; hours over midnight are two, the second on the next day. */
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
  const hours: { [D in Weekday]?: [string, string][] } = {};
  for (const part of trimmed.slice(0, mostText).split(";")) {
    const match = /^\s*([a-z]+(?:\s*-\s*[a-z]+)?)\s+(\d.*?)\s*$/.exec(part);
    if (!match?.[1] || !match[2]) throw wrong(part);
    const ranges = match[2].split(",").map((range) => rangeOf(range, part));
    for (const day of daysOf(match[1], part)) {
      const all = [...(hours[day] ?? []), ...ranges].sort(([a], [b]) => (a < b ? -1 : 1));
      if (all.some((range, i) => i > 0 && range[0] < (all[i - 1]?.[1] ?? ""))) throw wrong(part, "the times overlap");
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
  const match = /^\s*(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)\s*$/.exec(text);
  const [from = "", to = ""] = [match?.[1], match?.[2]].map((time) => time?.padStart(5, "0"));
  const isTime = (time: string) => /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(time);
  if (!isTime(from) || !isTime(to)) throw wrong(part);
  if (from >= to) throw wrong(part, "over midnight, write two: Mon 20:00-24:00; Tue 00:00-06:00");
  return [from, to];
}

const wrong = (part: string, more = 'such as "always" or "Mon-Fri 08:00-18:00; Sat 09:00-12:00"') =>
  new Error(`"${part.trim().slice(0, 60)}" will not do: ${more}`);
