import { catalogue } from "#wire";
import type { AlertRule, Fault, RuleWish } from "./api.ts";
import { type Chosen, lists } from "./choices.ts";
import type { Severity } from "./incident-words.ts";

export type Rule = AlertRule["rule"];
type Term = Rule["value"];
export type WindowFunction = Term["fn"];

/** A rule as a person types it, numbers as text: nothing is lost while it is not right yet. */
export interface RuleDraft {
  id: string;
  title: string;
  enabled: boolean;
  severity: Severity;
  chosen: Chosen;
  field: string;
  fn: WindowFunction;
  window: string;
  /** The value is a share of this; "": of nothing. */
  divideBy: string;
  /** As it was written, where it looks at that field otherwise than at its value. */
  divideOtherwise: Term | null;
  /** "interface=eth0, …" */
  series: string;
  usual: boolean;
  weeks: string;
  atLeast: string;
  factor: boolean;
  side: "above" | "below";
  raise: string;
  /** "": when it is not bad. */
  clear: string;
  for: string;
  clearFor: string;
  samples: string;
  /** "": no m of n. */
  dutyBad: string;
  dutyOf: string;
  runbook: string;
  help: string;
}

export const newRule: RuleDraft = {
  ...{ id: "", title: "", enabled: true, severity: "warning", chosen: {} },
  ...{ field: "system.cpu_percent", fn: "last", window: "10m", divideBy: "", divideOtherwise: null, series: "" },
  ...{ usual: false, weeks: "4", atLeast: "", factor: false },
  ...{ side: "above", raise: "", clear: "", for: "10m", clearFor: "10m", samples: "3", dutyBad: "", dutyOf: "" },
  ...{ runbook: "", help: "" },
};

const text = (value: number | undefined): string => (value === undefined ? "" : String(value));
const side = ({ above, below }: Rule["raise"]): number | undefined => above ?? below;

export function ruleDraftOf(rule: Rule): RuleDraft {
  const { value, divideBy, usual, raise, clear, duty, scope } = rule;
  const same = divideBy?.fn === value.fn && divideBy.window === value.window;
  return {
    ...{ id: rule.id, title: rule.title, enabled: rule.enabled, severity: rule.severity, chosen: scope as Chosen },
    ...{ field: value.field, fn: value.fn, window: value.window ?? "10m", divideBy: divideBy?.field ?? "" },
    divideOtherwise: divideBy && !same ? divideBy : null,
    series: Object.entries(rule.series ?? {})
      .map((pair) => pair.join("="))
      .join(", "),
    ...{ usual: usual !== undefined, weeks: text(usual?.weeks ?? 4), atLeast: text(usual?.atLeast) },
    factor: usual?.factor ?? false,
    side: raise.above === undefined ? "below" : "above",
    ...{ raise: text(side(raise)), clear: clear ? text(side(clear)) : "", for: rule.for, clearFor: rule.clearFor },
    ...{ samples: text(rule.samples), dutyBad: text(duty?.bad), dutyOf: text(duty?.of) },
    ...{ runbook: rule.runbook ?? "", help: rule.help ?? "" },
  };
}

const number = (typed: string): number | undefined => (typed.trim() === "" ? undefined : Number(typed));
/** With what is there; Object.fromEntries forgets the keys that the type remembers. */
const given = <T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as never;

export const needsWindow = (fn: WindowFunction): boolean => fn !== "last" && fn !== "unchanged";

/** As the API takes it; what is not right yet is sent as it is, and answered with where and what is allowed. */
export function ruleOf(draft: RuleDraft): RuleWish {
  const { fn, window, chosen } = draft;
  const how = { fn, ...(needsWindow(fn) ? { window } : {}) };
  const divideBy =
    draft.divideBy === ""
      ? undefined
      : draft.divideOtherwise?.field === draft.divideBy
        ? draft.divideOtherwise
        : { field: draft.divideBy, ...how };
  const [raise, clear] = [number(draft.raise), number(draft.clear)];
  const other = draft.side === "above" ? "below" : "above";
  const scope = lists.flatMap((list) => (list !== "rules" && chosen[list] ? [[list, [...(chosen[list] ?? [])]]] : []));
  const wish = given({
    ...{ id: draft.id.trim(), title: draft.title.trim(), enabled: draft.enabled, severity: draft.severity },
    scope: Object.fromEntries(scope) as object,
    value: { field: draft.field, ...how },
    divideBy,
    series: draft.series.trim() === "" ? undefined : seriesOf(draft.series),
    usual: draft.usual
      ? given({ weeks: number(draft.weeks), atLeast: number(draft.atLeast), factor: draft.factor })
      : undefined,
    raise: raise === undefined ? {} : { [draft.side]: raise },
    clear: clear === undefined ? undefined : { [other]: clear },
    ...{ for: draft.for, clearFor: draft.clearFor, samples: number(draft.samples) },
    duty:
      draft.dutyBad === "" && draft.dutyOf === ""
        ? undefined
        : { bad: number(draft.dutyBad), of: number(draft.dutyOf) },
    runbook: draft.runbook.trim() === "" ? undefined : draft.runbook.trim(),
    help: draft.help.trim() === "" ? undefined : draft.help.trim(),
  });
  return wish as RuleWish;
}

const seriesOf = (typed: string): Record<string, string> =>
  Object.fromEntries(
    typed.split(",").map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name.trim(), value.join("=").trim()];
    }),
  );

/** An id from what is wrong: "The lift is hot" is the_lift_is_hot. */
export const idOf = (title: string): string =>
  title
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 64);

/** What is wrong with one part, said of the whole rule or of a draft that is tried. */
export const faultAt = (faults: readonly Fault[], part: string): string | undefined =>
  faults.find(({ path }) => {
    const at = path.replace(/^rule\.?/, "");
    return at === part || at.startsWith(`${part}.`);
  })?.message;

interface FieldWords {
  field: string;
  unit: string;
  meaning: string;
}
/** Numbers that devices measure, by what they are about. */
export const fieldGroups: readonly { meaning: string; fields: readonly FieldWords[] }[] = Object.entries(catalogue)
  .map(([name, { meaning, fields }]) => ({
    meaning,
    fields: Object.entries(fields).flatMap(([field, { type, unit, meaning: means }]) =>
      (type as string) === "number" ? [{ field: `${name}.${field}`, unit, meaning: means }] : [],
    ),
  }))
  .filter(({ fields }) => fields.length > 0);
const units: Record<string, string> = { percent: "%", seconds: "s", ms: "ms", days: "days" };

/** Of the controller itself no catalogue is here: its fields end in their unit. */
export function fieldWords(field: string): FieldWords {
  const found = fieldGroups.flatMap(({ fields }) => fields).find((one) => one.field === field);
  if (found) return found;
  const words = field.replace(".", "_").split("_");
  const unit = units[words.at(-1) ?? ""];
  return { field, unit: unit ?? "", meaning: words.slice(0, unit === undefined ? words.length : -1).join(" ") };
}
