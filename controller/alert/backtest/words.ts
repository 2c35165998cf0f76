import { millisecondsOf } from "../rules/duration.ts";
import type { Rule, Threshold } from "../rules/schema.ts";
import { figure, unitOf } from "../rules/words.ts";
import type { Counted } from "./tally.ts";

/** "Would have fired 14 times in 30 days (9 incidents), 11 at night, 3 of them for less than 10 min; with for: 30m it
 *  would have been 3." Pure. */
export function sentenceOf(rule: Rule, own: Counted, others: readonly Counted[], rangeMs: number): string {
  const days = Math.max(1, Math.round(rangeMs / 86_400_000));
  const range = rangeMs < 86_400_000 ? `${Math.round(rangeMs / 3_600_000)} h` : days === 1 ? "1 day" : `${days} days`;
  const other = worthKnowing(own, others);
  const more = other ? `; with ${settingOf(rule, other)} it would have been ${other.fired}` : "";
  if (own.fired === 0) return `Would not have fired in ${range}${more}.`;
  const incidents =
    own.incidents === own.fired ? "" : ` (${own.incidents === 1 ? "1 incident" : `${own.incidents} incidents`})`;
  const night = own.night === 0 ? "" : `, ${own.night} at night`;
  const short =
    own.under10min === 0
      ? ""
      : `, ${own.under10min === own.fired ? "all" : `${own.under10min} of them`} for less than 10 min`;
  return `Would have fired ${times(own.fired)} in ${range}${incidents}${night}${short}${more}.`;
}

const times = (count: number): string => (count === 1 ? "once" : count === 2 ? "twice" : `${count} times`);

/** The first setting that fires, where this one doesn't; else the first that halves it and still finds something. */
function worthKnowing(own: Counted, others: readonly Counted[]): Counted | undefined {
  if (own.fired === 0) return others.find(({ fired }) => fired > 0);
  const isLonger = (one: Counted): boolean => millisecondsOf(one.for) > millisecondsOf(own.for);
  const fewer = others.filter(({ fired }) => fired > 0 && 2 * fired <= own.fired);
  return fewer.find(isLonger) ?? fewer[0];
}

function settingOf(rule: Rule, other: Counted): string {
  if (other.for !== rule.for) return `for: ${other.for}`;
  return thresholdWords(other.raise, unitOf(rule));
}

export const thresholdWords = ({ above, below }: Threshold, unit: string): string =>
  above === undefined ? `below ${figure(below ?? 0, unit)}` : `above ${figure(above, unit)}`;
