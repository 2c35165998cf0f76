import { millisecondsOf } from "./duration.ts";
import type { InstanceRule, Verdict } from "./instance.ts";
import type { Rule, Scope, Term, Threshold } from "./schema.ts";
import { numberIn, type Window } from "./window.ts";

/** A device as scopes see it. */
export interface Subject {
  id: string;
  site: string;
  kind: string;
  tags: readonly string[];
  profile: string | null;
}

/** A rule made ready: evaluated for every sample of its measurement. */
export interface Compiled extends InstanceRule {
  rule: Rule;
  measurement: string;
  /** Fields that it looks at, and how far back. */
  fields: ReadonlyMap<string, number>;
  value: CompiledTerm;
  divideBy: CompiledTerm | null;
  fits(subject: Subject): boolean;
  /** Is the series one that it looks at? */
  takes(tags: Readonly<Record<string, string>>): boolean;
}

interface CompiledTerm {
  name: string;
  fn: Term["fn"];
  windowMs: number;
}

export function compile(rule: Rule): Compiled {
  const value = compileTerm(rule.value);
  const divideBy = rule.divideBy ? compileTerm(rule.divideBy) : null;
  const fields = new Map<string, number>();
  for (const one of [value, divideBy]) if (one) fields.set(one.name, Math.max(fields.get(one.name) ?? 0, one.windowMs));
  const series = Object.entries(rule.series ?? {});
  return {
    rule,
    measurement: rule.value.field.split(".")[0] ?? "",
    fields,
    value,
    divideBy,
    fits: fitsOf(rule.scope),
    takes: (tags) => series.every(([tag, wanted]) => tags[tag] === wanted),
    forMs: millisecondsOf(rule.for),
    clearForMs: millisecondsOf(rule.clearFor),
    samples: rule.samples,
    duty: rule.duty ?? null,
  };
}

const compileTerm = ({ field, fn, window }: Term): CompiledTerm => ({
  name: field.split(".")[1] ?? "",
  fn,
  windowMs: window === undefined ? 0 : millisecondsOf(window),
});

export function fitsOf(scope: Scope): (subject: Subject) => boolean {
  const { sites, devices, tags, profiles, kinds } = scope;
  const among = (list: readonly string[] | undefined, value: string | null): boolean =>
    list === undefined || list.length === 0 || (value !== null && list.includes(value));
  return (subject) =>
    among(sites, subject.site) &&
    among(devices, subject.id) &&
    among(kinds, subject.kind) &&
    among(profiles, subject.profile) &&
    (tags === undefined || tags.length === 0 || tags.some((tag) => subject.tags.includes(tag)));
}

/** The number that the rule looks at now; null: not known yet. Percent where it divides.
 *  @param usual median of this hour of the week; null: not known for long enough */
export function numberOf(
  { rule, value, divideBy }: Compiled,
  windows: ReadonlyMap<string, Window>,
  now: number,
  usual: number | null,
): number | null {
  const window = windows.get(value.name);
  let number = window ? numberIn(window, value.fn, value.windowMs, now) : null;
  if (number !== null && divideBy) {
    const base = windows.get(divideBy.name);
    const by = base ? numberIn(base, divideBy.fn, divideBy.windowMs, now) : null;
    number = by === null || by === 0 ? null : (100 * number) / by;
  }
  if (number === null || !rule.usual) return number;
  if (usual === null) return null;
  if (!rule.usual.factor) return number;
  return usual === 0 ? null : number / usual;
}

/** @param usual as in {@link numberOf} */
export function verdictOf({ rule }: Compiled, number: number, usual: number | null): Verdict {
  const { raise, clear, usual: wanted } = rule;
  // While nobody usually is there, nobody being there is no news.
  if (wanted?.atLeast !== undefined && (usual ?? 0) < wanted.atLeast) return "good";
  if (isBeyond(raise, number)) return "bad";
  return clear === undefined || isBeyond(clear, number) ? "good" : "between";
}

export const isBeyond = ({ above, below }: Threshold, number: number): boolean =>
  above !== undefined ? number > above : number < (below ?? Number.NEGATIVE_INFINITY);
