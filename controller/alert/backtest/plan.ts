import { catalogue, measurementOf } from "#wire";
import type { Aggregate } from "../../store/series/index.ts";
import type { Rule, Term } from "../rules/schema.ts";
import { widthMs } from "./limits.ts";

/** What is read of a bucket in place of its samples. */
export interface ReadPlan {
  measurement: string;
  /** `min` and `max` of the same field: a bucket is bad when all of it was, and good when all of it was. */
  extremes: boolean;
  reads: { field: string; fn: Aggregate }[];
  /** In words, for people. */
  basis: string;
}

/** Why a rule cannot be asked of what is stored; null: it can. */
export function whyNot({ value, divideBy }: Rule): string | null {
  if (value.fn === "count" || divideBy?.fn === "count")
    return "a count of samples cannot be asked of 5-minute values; allowed: every other function";
  const [m = ""] = value.field.split(".");
  if (!measurementOf(m)) return `what ${m} measures is not stored; allowed: ${Object.keys(catalogue).join(", ")}`;
  return null;
}

/** How a rule is asked over 5-minute values. Pure. */
export function planOf(rule: Rule): ReadPlan {
  const { value, divideBy } = rule;
  const [measurement = "", field = ""] = value.field.split(".");
  if (value.fn === "last" && !divideBy && kindOf(value) !== "counter") {
    const reads = (["min", "max"] as const).map((fn) => ({ field, fn }));
    const basis =
      "of 5 minutes the smallest and the largest value: bad for a time means that nothing in between was good, and good that nothing was bad";
    return { measurement, extremes: true, reads, basis };
  }
  const terms = divideBy ? [value, divideBy] : [value];
  const reads = terms.map((term) => ({ field: term.field.split(".")[1] ?? "", fn: fnOf(term) }));
  const [first] = reads;
  const basis = `of 5 minutes ${words[first?.fn ?? "mean"] ?? "the mean"}`;
  return { measurement, extremes: false, reads, basis };
}

const words: Partial<Record<Aggregate, string>> = {
  mean: "the mean",
  min: "the smallest value",
  max: "the largest value",
  last: "the last reading: what rose and fell in between and was undone is not seen",
};

const kindOf = ({ field }: Term): string | undefined => {
  const [m = "", name = ""] = field.split(".");
  return measurementOf(m)?.fields[name]?.kind;
};

function fnOf(term: Term): Aggregate {
  if (kindOf(term) === "counter") return "last";
  switch (term.fn) {
    case "min":
    case "max":
      return term.fn;
    case "last":
    case "mean":
      return "mean";
    default:
      return "last";
  }
}

/** So many samples in a row, as what stands for them: two of every 5 minutes where both ends of them are known. */
export function samplesAs(samples: number, intervalMs: number, extremes: boolean): number {
  if (samples === 1) return 1;
  return Math.max(1, Math.ceil((samples * intervalMs) / widthMs)) * (extremes ? 2 : 1);
}
