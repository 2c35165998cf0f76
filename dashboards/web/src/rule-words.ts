import { chosenSentence } from "./choices.ts";
import { lasting, msOf } from "./duration-text.ts";
import { fieldWords, needsWindow, type RuleDraft, type WindowFunction } from "./rule-draft.ts";

/** What people read of a rule. Pure. */
export const functionWords: Record<WindowFunction, string> = {
  last: "the newest value",
  mean: "the mean",
  min: "the lowest",
  max: "the highest",
  count: "how many values there are",
  rate: "the rise a second (of a counter)",
  increase: "the rise (of a counter)",
  falls: "how often it fell (restarts)",
  unchanged: "seconds since it last was another",
};

/** The unit of the number that is compared. */
export function unitOf({ field, fn, divideBy, usual, factor }: RuleDraft): string {
  if (usual && factor) return "times the usual";
  if (divideBy !== "") return "%";
  const unit = fieldWords(field).unit;
  const own: Partial<Record<WindowFunction, string>> = {
    rate: unit === "" ? "a second" : `${unit}/s`,
    count: "values",
    falls: "times",
    unchanged: "s",
  };
  return own[fn] ?? unit;
}

const meaningOf = (field: string): string => fieldWords(field).meaning;
const withUnit = (number: string, unit: string): string => (unit === "" ? number : `${number} ${unit}`);
const long = (text: string): string => lasting(msOf(text)) || "no time";

/** "Bad when the mean over 5 min of … is above 80 % for 15 min; good again below 65 % for 10 min." */
export function ruleSentence(draft: RuleDraft): string {
  const { fn, field, divideBy, side, raise, clear, dutyBad, dutyOf } = draft;
  if (raise.trim() === "") return "Say from what value on it is bad.";
  const unit = unitOf(draft);
  const over = needsWindow(fn) ? ` over ${long(draft.window)}` : "";
  const how = fn === "last" ? "" : `${functionWords[fn].replace(/ \(.*\)/, "")}${over} of `;
  const what = `${how}“${meaningOf(field)}”${divideBy === "" ? "" : `, as a share of “${meaningOf(divideBy)}”,`}`;
  const some = dutyBad === "" ? "" : ` in ${dutyBad} of the last ${dutyOf} samples`;
  const forLong = msOf(draft.for) > 0 ? ` for ${long(draft.for)}` : "";
  const clearLong = msOf(draft.clearFor) > 0 ? ` for ${long(draft.clearFor)}` : "";
  const other = side === "above" ? "below" : "above";
  const good = clear.trim() === "" ? `not bad${clearLong}` : `${other} ${withUnit(clear, unit)}${clearLong}`;
  const least =
    draft.usual && draft.atLeast !== "" ? ` Only while at least ${draft.atLeast} is usual at that hour.` : "";
  return `Bad when ${what} is ${side} ${withUnit(raise, unit)}${some}${forLong}; good again when ${good}.${least}`;
}

/** Which devices. */
export const ruleScope = (draft: Pick<RuleDraft, "chosen">, nameOf: Parameters<typeof chosenSentence>[1]): string =>
  Object.keys(draft.chosen).length === 0 ? "All devices that measure it" : chosenSentence(draft.chosen, nameOf);

export const originWords: Record<"default" | "file" | "own", string> = {
  default: "comes with Lamplighter",
  file: "of a file in the settings folder: changed there",
  own: "made here",
};

/** Whose rule it is. */
export const originOf = ({ origin, replaces }: { origin: keyof typeof originWords; replaces: boolean }): string =>
  origin === "own" && replaces ? "comes with Lamplighter, changed here" : originWords[origin];

/** "24 devices, 2 of them bad now". */
export function standingWords({ devices, bad }: { devices: number; bad: number }, enabled: boolean): string {
  if (!enabled) return "looks at nothing";
  const many = devices === 1 ? "1 device" : `${devices.toLocaleString("en-GB")} devices`;
  return bad === 0 ? `${many}, none bad` : `${many}, ${bad.toLocaleString("en-GB")} bad now`;
}

export const times = (many: number): string =>
  many === 0 ? "never" : many === 1 ? "once" : many === 2 ? "twice" : `${many} times`;
