import { type DurationText, millisecondsOf, wordsOf } from "../rules/duration.ts";
import { definitionOf } from "../rules/measurements.ts";
import { type Rule, ruleLimits, type Threshold } from "../rules/schema.ts";
import { unitOf } from "../rules/words.ts";

/** The rule itself first, then the same with one setting other than it: how long, or how much. Pure. */
export function variantsOf(rule: Rule): Rule[] {
  return [
    rule,
    ...timesOf(rule).map((text) => ({ ...rule, for: text })),
    ...stepsOf(rule).map((by) => ({ ...rule, ...movedBy(rule, by) })),
  ];
}

const minuteMs = 60_000;
const whenNone = [5 * minuteMs, 15 * minuteMs, 30 * minuteMs];

function timesOf(rule: Rule): DurationText[] {
  const own = millisecondsOf(rule.for);
  const all = own === 0 ? whenNone : [0, 2 * own, 3 * own];
  return all.filter((ms) => ms <= ruleLimits.holdMs).map(wordsOf);
}

/** By how much raise and clear are moved. */
function stepsOf(rule: Rule): number[] {
  const limit = of(rule.raise);
  const step = stepOf(rule, limit);
  const percent = unitOf(rule) === "%";
  const isPossible = (at: number): boolean => !percent || (at >= 0 && at <= 100) || limit < 0 || limit > 100;
  return step === 0 ? [] : [-2, -1, 1, 2].map((n) => n * step).filter((by) => isPossible(limit + by));
}

/** Half of what lies between raise and clear; else a tenth of raise, and of what is counted at least one. */
function stepOf(rule: Rule, limit: number): number {
  const [m = "", field = ""] = rule.value.field.split(".");
  if (definitionOf(m)?.fields[field]?.kind === "state") return 0;
  const gap = rule.clear ? Math.abs(limit - of(rule.clear)) / 2 : 0;
  if (gap > 0) return gap;
  const tenth = Math.abs(limit) / 10;
  return unitOf(rule) === "" ? Math.max(1, Math.round(tenth)) : tenth || 1;
}

const of = ({ above, below }: Threshold): number => above ?? below ?? 0;

const moved = ({ above, below }: Threshold, by: number): Threshold =>
  above === undefined ? { below: rounded((below ?? 0) + by) } : { above: rounded(above + by) };

const movedBy = ({ raise, clear }: Rule, by: number) => ({
  raise: moved(raise, by),
  ...(clear ? { clear: moved(clear, by) } : {}),
});

const rounded = (value: number): number => Number(value.toPrecision(9));
