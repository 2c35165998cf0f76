import type { Subject } from "../rules/compile.ts";
import { apply, type Change, emptyRules, type RuleNeeds } from "../rules/engine.ts";
import { isBad } from "../rules/feed.ts";
import type { Rule } from "../rules/schema.ts";
import { saidOf } from "../rules/words.ts";
import { type ReadPlan, samplesAs } from "./plan.ts";
import { type Buckets, samplesOf } from "./samples.ts";

/** A time in which a rule found a device bad, as its incident would have had it. */
export interface Firing {
  /** When it was bad first, and when that counted. */
  from: number;
  firedAt: number;
  /** When it was good again, and when that counted; null: it still was at the end. */
  to: number | null;
  overAt: number | null;
  said: string;
}

/** What each of these rules would have found of a device: the same engine that looks at what comes in. Yields after
 *  every sample, so that whoever runs it can rest.
 *  @returns firings by rule, in their order */
export function* replay(
  device: { subject: Subject; intervalMs: number },
  rules: readonly Rule[],
  plan: ReadPlan,
  history: readonly Buckets[],
  needs: RuleNeeds,
): Generator<void, Firing[][]> {
  const state = emptyRules();
  const named = rules.map((rule, i) => ({
    ...rule,
    id: String(i),
    enabled: true,
    samples: samplesAs(rule.samples, device.intervalMs, plan.extremes),
  }));
  apply(state, { kind: "rules", rules: named }, needs);
  apply(state, { kind: "subject", id: device.subject.id, is: device.subject }, needs);
  const found: Firing[][] = rules.map(() => []);
  for (const buckets of history) {
    const open = new Map<string, Firing>();
    for (const sample of samplesOf(buckets, plan)) {
      for (const change of apply(state, { kind: "sample", sample }, needs)) {
        const rule = named[Number(change.rule)];
        if (rule) note(open, found[Number(change.rule)] ?? [], change, rule, sample.at);
      }
      yield;
    }
  }
  return found.map(merged);
}

function note(open: Map<string, Firing>, all: Firing[], change: Change, rule: Rule, at: number): void {
  const is = open.get(change.rule);
  if (!isBad(change)) {
    if (!is) return;
    Object.assign(is, { to: change.at, overAt: at });
    open.delete(change.rule);
  } else if (!is) {
    const from = change.instance.badSince ?? change.at;
    const firing = { from, firedAt: at, to: null, overAt: null, said: saidOf(rule, change) };
    open.set(change.rule, firing);
    all.push(firing);
  }
}

/** Of several series: the device is bad while one of them is. Pure. */
export function merged(firings: readonly Firing[]): Firing[] {
  const kept: Firing[] = [];
  for (const one of [...firings].sort((a, b) => a.firedAt - b.firedAt)) {
    const last = kept.at(-1);
    if (!last || (last.overAt !== null && last.overAt < one.firedAt)) kept.push({ ...one });
    else {
      const isOpen = last.overAt === null || one.overAt === null;
      last.to = isOpen ? null : Math.max(last.to ?? 0, one.to ?? 0);
      last.overAt = isOpen ? null : Math.max(last.overAt ?? 0, one.overAt ?? 0);
    }
  }
  return kept;
}
