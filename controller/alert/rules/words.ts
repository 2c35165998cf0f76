import type { Standing } from "./engine.ts";
import { definitionOf } from "./measurements.ts";
import type { Rule, Term, Threshold } from "./schema.ts";

/** "phy0: 91 % (limit 80 %)". */
export function saidOf(rule: Rule, { series, number }: Pick<Standing, "series" | "number">): string {
  const unit = unitOf(rule);
  const value = number === null ? "?" : figure(number, unit);
  const names = series
    .split(" ")
    .map((pair) => pair.slice(pair.indexOf("=") + 1))
    .filter((name) => name !== "")
    .join(" ");
  return `${names === "" ? "" : `${names}: `}${value} (limit ${figure(limitOf(rule.raise), unit)})`;
}

const limitOf = ({ above, below }: Threshold): number => above ?? below ?? 0;

/** The unit of the number that the rule compares. */
export function unitOf(rule: Pick<Rule, "value" | "divideBy" | "usual">): string {
  if (rule.usual?.factor) return "times the usual";
  if (rule.divideBy) return "%";
  const [m = "", field = ""] = rule.value.field.split(".");
  const unit = definitionOf(m)?.fields[field]?.unit ?? "";
  const per: Partial<Record<Term["fn"], string>> = {
    rate: unit === "" ? "a second" : `${unit}/s`,
    count: "values",
    falls: "times",
    unchanged: "s",
  };
  return per[rule.value.fn] ?? unit;
}

/** Three figures are enough for a person. */
export function figure(number: number, unit: string): string {
  const text = Math.abs(number) >= 100 ? number.toFixed(0) : String(Number(number.toPrecision(3)));
  return unit === "" ? text : `${text} ${unit}`;
}
