import type { Zone } from "../../base/zone.ts";
import { hourMs, hourOf, type Series } from "../../store/series/index.ts";
import { type RuleNeeds, seriesText } from "../rules/engine.ts";
import type { Rule } from "../rules/schema.ts";
import { usualLimits } from "../usual/limits.ts";
import { usualFn } from "../usual/load.ts";
import { hoursAlike, usualOf } from "../usual/median.ts";

const weekMs = 7 * 24 * hourMs;

/** What was usual at any hour of a backtest, as it was known then. */
export type Habits = RuleNeeds["usual"];

const weeksOf = (rule: Rule): number => (rule.usual?.weeks ?? 0) + usualLimits.spareWeeks;

/** The hours that have to be read for it. */
export function habitsOf(rule: Rule, range: { from: number; to: number }) {
  const [measurement = "", field = ""] = rule.value.field.split(".");
  // A day more: the clocks may have been changed in between.
  const from = Math.max(0, hourOf(range.from - weeksOf(rule) * weekMs - 24 * hourMs));
  return { measurement, field, fn: usualFn(measurement, field), from, to: hourOf(range.to) };
}

/** Of one device. @param hourly its hourly values, of all series */
export function habitsFrom(hourly: readonly Series[], rule: Rule, zone: Zone): Habits {
  const known = new Map(hourly.map(({ tags, points }) => [seriesText(tags), new Map(points)]));
  const made = new Map<string, number | null>();
  return ({ series, weeks, at }) => {
    const hourAt = hourOf(at);
    const key = `${hourAt} ${series}`;
    const before = made.get(key);
    if (before !== undefined) return before;
    const values = known.get(series);
    const usual = usualOf(
      hoursAlike(hourAt, weeksOf(rule), zone).map((hour) => {
        const value = hour === null ? null : values?.get(hour);
        return typeof value === "number" ? value : null;
      }),
      weeks,
    );
    made.set(key, usual);
    return usual;
  };
}

/** The zone's clocks, asked once an hour: asking takes long. */
export function remembered(zone: Zone): Zone {
  const known = new Map<number, number>();
  return (at) => {
    // Offsets change at whole quarters of an hour.
    const quarter = Math.floor(at / 900_000);
    const offset = known.get(quarter) ?? zone(quarter * 900_000);
    known.set(quarter, offset);
    return offset;
  };
}
