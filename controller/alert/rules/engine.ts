import { type Compiled, compile, numberOf, type Subject, verdictOf } from "./compile.ts";
import { flapAfter, type Instance, isForgettable, ok, step } from "./instance.ts";
import type { Rule } from "./schema.ts";
import { newWindow, push, type Window } from "./window.ts";

/** One measurement of one series, as it arrives. */
export interface Sample {
  device: string;
  m: string;
  at: number;
  tags: Readonly<Record<string, string>>;
  fields: Readonly<Record<string, number | string>>;
}

/** What a rule says of one series of one device. */
export interface Standing {
  rule: string;
  device: string;
  /** Of the series: "radio=phy0"; "" where it has no tags. */
  series: string;
  instance: Instance;
  /** What it looked at last. */
  number: number | null;
}

/** An instance that is other than before: to be kept, and perhaps an incident. */
export interface Change extends Standing {
  kind: "kept" | "fired" | "resolved" | "flapping" | "steady" | "closed";
  /** When it became so, by the sample. */
  at: number;
}

export type RuleEvent =
  | { kind: "sample"; sample: Sample }
  /** Rules as they are from now on. */
  | { kind: "rules"; rules: readonly Rule[] }
  /** null: removed. */
  | { kind: "subject"; id: string; is: Subject | null };

/** All that the rules know. Changed in place by {@link apply}: there are a million series. In memory is what rules look
 *  back on, and the instances that are not plainly good. */
export interface RuleState {
  rules: ReadonlyMap<string, Compiled>;
  byMeasurement: ReadonlyMap<string, Compiled[]>;
  /** How far back somebody looks: measurement.field → milliseconds. */
  keepMs: ReadonlyMap<string, number>;
  subjects: Map<string, Subject>;
  /** device → measurement and series → field → samples. */
  windows: Map<string, Map<string, Map<string, Window>>>;
  /** device → rule and series. */
  instances: Map<string, Map<string, Standing>>;
  evaluations: number;
}

export interface RuleNeeds {
  /** Median of the hour of the week that `at` is in; null: not known for so many weeks. */
  usual(wanted: { device: string; m: string; series: string; field: string; weeks: number; at: number }): number | null;
}

export const emptyRules = (): RuleState => ({
  rules: new Map(),
  byMeasurement: new Map(),
  keepMs: new Map(),
  subjects: new Map(),
  windows: new Map(),
  instances: new Map(),
  evaluations: 0,
});

const seriesKeyOf = ({ rule, series }: Pick<Standing, "rule" | "series">): string => `${rule}\u0000${series}`;
export const keyOf = (one: Pick<Standing, "rule" | "device" | "series">): string =>
  `${one.device}\u0000${seriesKeyOf(one)}`;

export function putStanding({ instances }: RuleState, standing: Standing): void {
  const own = instances.get(standing.device) ?? new Map<string, Standing>();
  instances.set(standing.device, own.set(seriesKeyOf(standing), standing));
}

function dropStanding({ instances }: RuleState, standing: Standing): void {
  const own = instances.get(standing.device);
  own?.delete(seriesKeyOf(standing));
  if (own?.size === 0) instances.delete(standing.device);
}

export const seriesText = (tags: Readonly<Record<string, string>>): string => {
  const keys = Object.keys(tags);
  return keys.length === 0
    ? ""
    : keys
        .sort()
        .map((key) => `${key}=${tags[key]}`)
        .join(" ");
};

/** (state, event) → changes. Deterministic: no clock, no I/O; times are those of the samples. */
export function apply(state: RuleState, event: RuleEvent, needs: RuleNeeds): Change[] {
  switch (event.kind) {
    case "sample":
      return sampled(state, event.sample, needs);
    case "rules":
      return ruled(state, event.rules);
    case "subject":
      return subjected(state, event.id, event.is);
  }
}

function sampled(state: RuleState, sample: Sample, needs: RuleNeeds): Change[] {
  const rules = state.byMeasurement.get(sample.m);
  const subject = state.subjects.get(sample.device);
  if (!rules || !subject) return [];
  const series = seriesText(sample.tags);
  const windows = windowsOf(state, sample, series);
  if (!windows) return [];
  const changes: Change[] = [];
  for (const compiled of rules) {
    if (sample.fields[compiled.value.name] === undefined) continue;
    if (!compiled.fits(subject) || !compiled.takes(sample.tags)) continue;
    const change = evaluate(state, compiled, sample, series, windows, needs);
    if (change) changes.push(change);
  }
  return changes;
}

/** Takes the sample's numbers in; null: it is not newer than what is known, so it says nothing of now. */
function windowsOf(state: RuleState, sample: Sample, series: string): ReadonlyMap<string, Window> | null {
  const device = state.windows.get(sample.device) ?? new Map<string, Map<string, Window>>();
  state.windows.set(sample.device, device);
  const key = `${sample.m} ${series}`;
  const windows = device.get(key) ?? new Map<string, Window>();
  device.set(key, windows);
  for (const [field, value] of Object.entries(sample.fields)) {
    const keepMs = state.keepMs.get(`${sample.m}.${field}`);
    if (keepMs === undefined || typeof value !== "number") continue;
    const window = windows.get(field) ?? newWindow();
    if ((window.at.at(-1) ?? Number.NEGATIVE_INFINITY) >= sample.at) return null;
    windows.set(field, window);
    push(window, sample.at, value, keepMs);
  }
  return windows;
}

function evaluate(
  state: RuleState,
  compiled: Compiled,
  { device, m, at }: Sample,
  series: string,
  windows: ReadonlyMap<string, Window>,
  needs: RuleNeeds,
): Change | null {
  state.evaluations++;
  const { rule } = compiled;
  const usual = rule.usual
    ? needs.usual({ device, m, series, field: compiled.value.name, weeks: rule.usual.weeks, at })
    : null;
  const number = numberOf(compiled, windows, at, usual);
  if (number === null) return null;
  const verdict = verdictOf(compiled, number, usual);
  const key = seriesKeyOf({ rule: rule.id, series });
  const known = state.instances.get(device)?.get(key);
  if (!known && verdict !== "bad" && !compiled.duty) return null;
  const was = known?.instance ?? ok;
  const { instance: next, transition } = step(was, verdict, at, compiled);
  const instance = transition ? next : calmed(next, at);
  const standing: Standing = { rule: rule.id, device, series, instance, number };
  if (isForgettable(instance, at)) {
    if (!known) return null;
    dropStanding(state, standing);
  } else putStanding(state, standing);
  if (transition?.kind === "fired" || transition?.kind === "resolved")
    return { ...standing, kind: transition.kind, at: transition.at };
  if (instance.flap.flapping !== was.flap.flapping)
    return { ...standing, kind: instance.flap.flapping ? "flapping" : "steady", at };
  // What it was is what is kept already, but for its number.
  return instance.state === was.state && known ? null : { ...standing, kind: "kept", at };
}

/** Flapping ends by calm alone. */
const calmed = (instance: Instance, at: number): Instance =>
  instance.flap.flapping ? { ...instance, flap: flapAfter(instance.flap, at, 0) } : instance;

function ruled(state: RuleState, rules: readonly Rule[]): Change[] {
  const compiled = new Map(rules.filter(({ enabled }) => enabled).map((rule) => [rule.id, compile(rule)]));
  const byMeasurement = new Map<string, Compiled[]>();
  const keepMs = new Map<string, number>();
  for (const one of compiled.values()) {
    byMeasurement.set(one.measurement, [...(byMeasurement.get(one.measurement) ?? []), one]);
    for (const [field, ms] of one.fields) {
      const name = `${one.measurement}.${field}`;
      keepMs.set(name, Math.max(keepMs.get(name) ?? 0, ms));
    }
  }
  Object.assign(state, { rules: compiled, byMeasurement, keepMs });
  // Of an edited rule: its instances stay, and the next sample judges them by the new thresholds.
  return [...state.instances.keys()].flatMap((device) => close(state, device, ({ rule }) => !compiled.has(rule)));
}

function subjected(state: RuleState, id: string, is: Subject | null): Change[] {
  if (is === null) {
    state.subjects.delete(id);
    state.windows.delete(id);
    return close(state, id, () => true);
  }
  state.subjects.set(id, is);
  return close(state, id, ({ rule }) => state.rules.get(rule)?.fits(is) === false);
}

/** Nobody looks any more: not resolved, closed. */
function close(state: RuleState, device: string, whether: (standing: Standing) => boolean): Change[] {
  return [...(state.instances.get(device)?.values() ?? [])].filter(whether).map((standing) => {
    dropStanding(state, standing);
    return { ...standing, kind: "closed", at: standing.instance.since, instance: ok };
  });
}
