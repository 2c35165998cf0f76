import { lasting } from "./duration-text.ts";
import { dayNames, days, shortDay } from "./zoned.ts";

/** What a person chooses of something that comes again, as text: nothing is lost while it is not right yet. */
export interface Again {
  every: "day" | "week" | "date" | "weekday" | "rule";
  /** Each one, each second one. */
  interval: string;
  /** Of a week: mon … sun. */
  days: readonly Day[];
  /** Of a month: 1 … 31, or -1 for its last. */
  date: string;
  /** Of a month: 1 … 5, or -1 for the last, of that weekday. */
  nth: string;
  weekday: Day;
  ends: "never" | "count" | "until";
  count: string;
  /** 2026-12-24 */
  until: string;
  /** As it is written, for what the rest cannot say. */
  rule: string;
}
export type Day = (typeof days)[number];

/** @param on the day of the first */
export const everyWeek = (on: Day): Again => ({
  every: "week",
  interval: "1",
  days: [on],
  date: "1",
  nth: "2",
  weekday: on,
  ends: "never",
  count: "10",
  until: "",
  rule: "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=15",
});

const code = (day: Day): string => day.slice(0, 2).toUpperCase();
const byCode = (text: string): Day | undefined => days.find((day) => code(day) === text);

/** RFC 5545, without its beginning. */
export function ruleOf(again: Again): string {
  const { every, interval, ends, count, until } = again;
  if (every === "rule") return again.rule.trim();
  const frequency = every === "day" ? "DAILY" : every === "week" ? "WEEKLY" : "MONTHLY";
  return [
    `FREQ=${frequency}`,
    interval === "1" || interval === "" ? "" : `INTERVAL=${interval}`,
    every === "week" ? `BYDAY=${days.filter((day) => again.days.includes(day)).map(code)}` : "",
    every === "date" ? `BYMONTHDAY=${again.date}` : "",
    every === "weekday" ? `BYDAY=${again.nth}${code(again.weekday)}` : "",
    ends === "count" ? `COUNT=${count}` : "",
    ends === "until" ? `UNTIL=${until.replaceAll("-", "")}T235959` : "",
  ]
    .filter(Boolean)
    .join(";");
}

/** What a rule says in these words; what they cannot say stays as it is written. */
export function againOf(rule: string): Again {
  const part = new Map(rule.split(";").map((one) => one.split("=") as [string, string]));
  const by = part.get("BYDAY") ?? "";
  const list = by.split(",").map(byCode);
  const [, nth = "", weekday = ""] = /^(-?\d)([A-Z]{2})$/.exec(by) ?? [];
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)T235959$/.exec(part.get("UNTIL") ?? "") ?? [];
  const every = ({ DAILY: "day", WEEKLY: "week", MONTHLY: part.has("BYMONTHDAY") ? "date" : "weekday" } as const)[
    part.get("FREQ") ?? ""
  ];
  const made: Again = {
    ...everyWeek("mon"),
    every: every ?? "rule",
    interval: part.get("INTERVAL") ?? "1",
    days: list.filter((one) => one !== undefined),
    date: part.get("BYMONTHDAY") ?? "1",
    nth: nth || "2",
    weekday: byCode(weekday) ?? "mon",
    ends: part.has("COUNT") ? "count" : part.has("UNTIL") ? "until" : "never",
    count: part.get("COUNT") ?? "10",
    until: `${year}-${month}-${day}`,
    rule,
  };
  const parts = (text: string) => text.split(";").sort().join(";");
  return parts(ruleOf(made)) === parts(rule) ? made : { ...made, every: "rule", ends: "never" };
}

const ordinals: Record<string, string> = { "1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth" };
const nameOf = (day: Day): string => dayNames[days.indexOf(day)] ?? "";
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

function rhythm(again: Again): string {
  const { every, interval } = again;
  const many = interval === "1" ? "" : ` ${interval}`;
  const each = (what: string) => (many === "" ? `every ${what}` : `every${many} ${what}s`);
  if (every === "rule") return `by the rule ${again.rule}`;
  if (every === "day") return each("day");
  if (every === "week") {
    const names = days.filter((day) => again.days.includes(day)).map(nameOf);
    return many === "" ? `every ${listed(names)}` : `${each("week")} on ${listed(names)}`;
  }
  const month = many === "" ? "every month" : each("month");
  if (every === "weekday")
    return `the ${again.nth === "-1" ? "last" : ordinals[again.nth]} ${nameOf(again.weekday)} of ${month}`;
  return again.date === "-1" ? `the last day of ${month}` : `day ${again.date} of ${month}`;
}

interface Recurring {
  first: string;
  rrule: string;
  durationMs: number;
  timeZone: string;
}

/** "The second Tuesday of every month at 02:00, for 2 h". */
export function recurrenceSentence({ first, rrule, durationMs }: Recurring): string {
  const again = againOf(rrule);
  const end =
    again.ends === "count"
      ? `, ${again.count} times`
      : again.ends === "until"
        ? `, until ${shortDay(again.until)} ${again.until.slice(0, 4)}`
        : "";
  const text = `${rhythm(again)} at ${first.slice(11)}, for ${lasting(durationMs)}${end}`;
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}
