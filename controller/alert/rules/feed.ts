import type { StoredPoint } from "../../store/series/index.ts";
import type { AlertEvent, RuleStanding } from "../state.ts";
import { fitsOf, type Subject } from "./compile.ts";
import {
  apply,
  type Change,
  emptyRules,
  keyOf,
  putStanding,
  type RuleEvent,
  type RuleNeeds,
  type RuleState,
  type Sample,
  type Standing,
} from "./engine.ts";
import { type Looked, looksOf } from "./look.ts";
import type { Rule } from "./schema.ts";
import { saidOf } from "./words.ts";

export const feedLimits = {
  /** What is older when it comes says nothing of now: at least so long, and three intervals of its device. */
  currentMs: 90_000,
} as const;

interface Touched {
  id: string;
  /** null: it is no longer there, and wasn't at the start. */
  rule: Rule | null;
  device: string;
  closed: boolean;
  /** Of the newest change. */
  at: number;
}

/** What the rules found since the last turn. */
export interface News {
  events: AlertEvent[];
  instances: Standing[];
}

/** Gives the rules what is stored, as it is stored, and keeps what they say until the next turn takes it. */
export function createFeed(needs: { usual: RuleNeeds["usual"]; intervalMs(device: string): number }) {
  const state = emptyRules();
  /** The newest of each instance, and the devices that a rule may say something new of. */
  let changed = new Map<string, Change>();
  let touched = new Map<string, Touched>();
  const take = (event: RuleEvent): void => {
    // Of a rule that goes, its words are still needed.
    const before = state.rules;
    for (const change of apply(state, event, needs)) {
      changed.set(keyOf(change), change);
      touch(change, before);
    }
  };
  const touch = (change: Change, rules: RuleState["rules"]): void => {
    if (change.kind === "kept") return;
    const { device, at, rule: id } = change;
    const rule = (rules.get(id) ?? state.rules.get(id))?.rule ?? null;
    const key = `${change.rule} ${device}`;
    // When the last of its series became good.
    touched.set(key, {
      id,
      rule,
      device,
      closed: change.kind === "closed",
      at: Math.max(at, touched.get(key)?.at ?? 0),
    });
  };

  function standingOf(rule: Rule, device: string, closed: boolean, resolvedAt: number): RuleStanding {
    const bad = [...(state.instances.get(device)?.values() ?? [])].filter((one) => one.rule === rule.id && isBad(one));
    const [first] = bad.sort((a, b) => (a.instance.badSince ?? 0) - (b.instance.badSince ?? 0));
    if (!first) return closed ? { state: "gone" } : { state: "good", at: resolvedAt };
    return {
      state: "bad",
      since: first.instance.badSince ?? first.instance.since,
      said: saidOf(rule, first),
      flapping: bad.some(({ instance }) => instance.flap.flapping),
    };
  }

  return {
    /** Before anything else: what was kept. */
    restore(standings: readonly Standing[]): void {
      for (const standing of standings) putStanding(state, standing);
    },
    rules: (rules: readonly Rule[]): void => take({ kind: "rules", rules }),
    subject: (id: string, is: Subject | null): void => take({ kind: "subject", id, is }),
    sampled: (sample: Sample): void => take({ kind: "sample", sample }),
    /** Newest values of a device. */
    stored(points: readonly StoredPoint[], now: number): void {
      for (const point of points) {
        const currentMs = Math.max(feedLimits.currentMs, 3 * needs.intervalMs(point.device));
        if (now - point.at <= currentMs) take({ kind: "sample", sample: point });
      }
    },
    /** What is new since the last time. */
    news(): News {
      const events = [...touched.values()].map(({ id, rule, device, closed, at }): AlertEvent => {
        if (!rule) return { kind: "rule", rule: { id, title: "", severity: "info" }, device, is: { state: "gone" } };
        const { title, severity, runbook } = rule;
        const is = standingOf(rule, device, closed, at);
        return { kind: "rule", rule: { id, title, severity, ...(runbook ? { runbook } : {}) }, device, is };
      });
      const instances = [...changed.values()];
      changed = new Map();
      touched = new Map();
      return { events, instances };
    },
    /** They could not be written: the next turn gets them again, and what came since. */
    again({ instances }: News): void {
      const since = changed;
      changed = new Map(instances.map((one) => [keyOf(one), one as Change]));
      for (const [key, change] of since) changed.set(key, change);
      for (const change of changed.values()) touch(change, state.rules);
    },
    /** Those of which something is not plainly good. */
    devices: (): string[] => [...state.instances.keys()],
    /** What rules say of a device, where that is not plainly good. */
    standingsOf: (device: string): Standing[] => [...(state.instances.get(device)?.values() ?? [])],
    /** What a rule that is in force looks at there just now. */
    looks(rule: Rule, device: string): Looked[] {
      const compiled = state.rules.get(rule.id);
      return compiled ? looksOf(state, device, compiled, needs) : [];
    },
    /** How many devices a rule looks at, and finds bad. */
    standing(rule: Rule): { devices: number; bad: number } {
      const fits = fitsOf(rule.scope);
      let [devices, bad] = [0, 0];
      for (const subject of state.subjects.values()) {
        if (!rule.enabled || !fits(subject)) continue;
        devices++;
        const own = state.instances.get(subject.id);
        if (own && [...own.values()].some((one) => one.rule === rule.id && isBad(one))) bad++;
      }
      return { devices, bad };
    },
    counts: () => ({ evaluations: state.evaluations, devices: state.instances.size }),
  };
}
export type Feed = ReturnType<typeof createFeed>;

/** What comes and goes is bad until it has calmed down. */
export const isBad = ({ instance: { state, flap } }: Standing): boolean =>
  state === "firing" || state === "clearing" || flap.flapping;
