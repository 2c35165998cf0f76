import type { Options } from "rrule";
import rrule from "rrule";
import { instantOf, zoneOf } from "../../base/zone.ts";
import { muteLimits } from "./limits.ts";

// The package is CommonJS, and has no names to import.
const { RRule } = rrule;

/** A window that comes again. */
export interface Recurring {
  /** The first begins then, by the clocks of the zone: 2026-03-29T01:30. */
  first: string;
  /** RFC 5545, without DTSTART. */
  rrule: string;
  durationMs: number;
  timeZone: string;
}

/** From `from`, up to but without `to`. */
export interface Span {
  from: number;
  to: number;
}

type Frequency = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";
const day = "(?:MO|TU|WE|TH|FR|SA|SU)";
const nth = `(?:[+-]?[1-5])?${day}`;
const listOf = (one: string): RegExp => new RegExp(`^${one}(?:,${one}){0,30}$`);
const days = listOf(day);
const monthDays = listOf("-?(?:[1-9]|[12]\\d|3[01])");
const everywhere = {
  COUNT: /^[1-9]\d{0,3}$/,
  UNTIL: /^\d{8}(?:T\d{6}Z?)?$/,
  WKST: new RegExp(`^${day}$`),
};
/** What each kind takes. Narrower than the standard: a rule that never comes would be looked for until the year 9999. */
const takes: Record<Frequency, Readonly<Record<string, RegExp>>> = {
  DAILY: { ...everywhere, INTERVAL: /^(?:[1-9]|[12]\d|3[01])$/ },
  WEEKLY: { ...everywhere, INTERVAL: /^(?:[1-9]|1\d|2[0-6])$/, BYDAY: days },
  MONTHLY: {
    ...everywhere,
    INTERVAL: /^(?:[1-9]|1[0-2])$/,
    BYDAY: listOf(nth),
    BYMONTHDAY: monthDays,
    BYSETPOS: /^-?[1-4]$/,
  },
  YEARLY: {
    ...everywhere,
    INTERVAL: /^(?:[1-9]|10)$/,
    BYMONTH: listOf("(?:[1-9]|1[0-2])"),
    BYDAY: listOf(nth),
    BYMONTHDAY: monthDays,
  },
};

/** What is wrong with it; null: nothing. */
export function problemOf(text: string): string | null {
  const parts = text.split(";").map((part) => part.split("="));
  const names = parts.map(([name = ""]) => name);
  const frequency = parts.find(([name]) => name === "FREQ")?.[1] ?? "";
  if (!Object.hasOwn(takes, frequency)) return `found FREQ "${frequency}"; allowed: ${Object.keys(takes).join(", ")}`;
  if (new Set(names).size !== names.length) return "each part once";
  const allowed = takes[frequency as Frequency];
  for (const [name = "", value = "", ...more] of parts) {
    if (name === "FREQ") continue;
    if (!Object.hasOwn(allowed, name))
      return `found "${name}"; allowed with ${frequency}: ${Object.keys(allowed).join(", ")}`;
    if (more.length > 0 || allowed[name]?.test(value) !== true) return `found ${name}=${value.slice(0, 40)}`;
  }
  if (names.includes("COUNT") && names.includes("UNTIL")) return "either COUNT or UNTIL";
  const by = parts.find(([name]) => name === "BYDAY")?.[1];
  if (names.includes("BYSETPOS") && (by === undefined || !days.test(by) || names.includes("BYMONTHDAY")))
    return "BYSETPOS counts days of BYDAY, such as BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1";
  if (frequency === "YEARLY" && by !== undefined && !names.includes("BYMONTH")) return "BYDAY with BYMONTH";
  return null;
}

/** Its occurrences that end after `after`, in order; at most `most`. A start that the clocks skip is the moment after the gap,
 *  one that comes twice is the first of the two. Pure. */
export function occurrencesOf(
  { first, rrule: text, durationMs, timeZone }: Recurring,
  after: number,
  most: number,
): Span[] {
  const zone = zoneOf(timeZone);
  const localOf = (at: number): number => at + zone(at);
  // The package counts in the zone's own clocks, as if they were UTC: so it needs to know nothing of zones.
  const options: Partial<Options> = RRule.parseString(text);
  if (options.until && text.includes("Z")) options.until = new Date(localOf(options.until.getTime()));
  const rule = new RRule({ ...options, dtstart: new Date(Date.parse(`${first}Z`)) });
  const spans: Span[] = [];
  // Of two clocks an hour or two apart the earlier one.
  const from = localOf(after) - durationMs - slackMs;
  const until = localOf(after) + muteLimits.aheadMs;
  let looked = 0;
  rule.all((date) => {
    const local = date.getTime();
    if (local > until || ++looked > muteLimits.occurrences) return false;
    if (local < from) return true;
    const begins = instantOf(local, zone);
    if (begins + durationMs > after) spans.push({ from: begins, to: begins + durationMs });
    return spans.length < most;
  });
  return spans;
}

const slackMs = 3 * 3_600_000;
