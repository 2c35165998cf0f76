import type { Subject } from "../rules/compile.ts";
import { apply, type Change, emptyRules, type RuleNeeds } from "../rules/engine.ts";
import { isBad } from "../rules/feed.ts";
import type { Rule } from "../rules/schema.ts";
import { saidOf } from "../rules/words.ts";
import { type ReadPlan, samplesAs } from "./plan.ts";
import { type Buckets, createSampler } from "./samples.ts";

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

/** What each of these rules would have found of one device: the same engine that looks at what comes in. */
export function createReplay(
  device: { subject: Subject; intervalMs: number },
  rules: readonly Rule[],
  plan: ReadPlan,
  needs: RuleNeeds,
) {
  const state = emptyRules();
  const named = rules.map((rule, i) => ({
    ...rule,
    id: String(i),
    enabled: true,
    samples: samplesAs(rule.samples, device.intervalMs, plan.extremes),
  }));
  apply(state, { kind: "rules", rules: named }, needs);
  apply(state, { kind: "subject", id: device.subject.id, is: device.subject }, needs);
  const sampler = createSampler(plan, rules[0]?.raise ?? {});
  const found: Firing[][] = rules.map(() => []);
  const open = new Map<string, Firing>();

  function note(change: Change, at: number): void {
    const i = Number(change.rule);
    const key = `${change.rule} ${change.series}`;
    const is = open.get(key);
    if (!isBad(change)) {
      if (!is) return;
      Object.assign(is, { to: change.at, overAt: at });
      open.delete(key);
    } else if (!is) {
      const said = saidOf(named[i] as Rule, change);
      const firing = { from: change.instance.badSince ?? change.at, firedAt: at, to: null, overAt: null, said };
      open.set(key, firing);
      found[i]?.push(firing);
    }
  }

  return {
    /** The next part of its history; yields after every sample, so that whoever runs it can rest. */
    *feed(history: readonly Buckets[]): Generator<void> {
      for (const buckets of history)
        for (const sample of sampler.of(buckets)) {
          for (const change of apply(state, { kind: "sample", sample }, needs)) note(change, sample.at);
          yield;
        }
    },
    /** Nothing is bad or was a moment ago: what is not bad would change nothing. */
    isQuiet: (): boolean => state.instances.size === 0,
    /** By rule, in their order. */
    firings: (): Firing[][] => found.map(merged),
  };
}

/** Of several series, or devices: bad while one of them is. Pure. */
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
