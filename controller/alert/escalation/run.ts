import type { Incident, Severity } from "../incident.ts";
import { note, put, type Turn } from "../turn.ts";
import { onDuty, type Rota } from "./rota.ts";

/** Who is told of what nobody takes, one after the other. */
export interface Policy {
  /** Of others everybody hears at once. */
  severities: readonly Severity[];
  /** In order; the first at once. */
  steps: readonly PolicyStep[];
  /** From the last step until all begins anew. */
  againAfterMs: number;
  rota: Rota | null;
}

export interface PolicyStep {
  /** From the beginning. */
  afterMs: number;
  channels: readonly string[];
  /** Also whose week it is. */
  rota: boolean;
  repeatEveryMs: number | null;
}

/** Where an incident is in it. Times are absolute; while somebody has it, or nobody is to be told, they stand. */
export interface Escalation {
  /** The step that comes next. */
  next: number;
  nextAt: number;
  /** When the step before is told again; null: once is enough. */
  repeatAt: number | null;
  /** How often it has begun anew. */
  round: number;
  pausedAt: number | null;
}

/** Whom the beginning is told; null: everybody. */
export function firstOf({ policy, now }: Turn, { severity }: Incident): readonly string[] | null {
  return policy?.severities.includes(severity) && policy.steps.length > 0 ? channelsOf(policy, 0, now) : null;
}

/** Whoever is next hears of what was told and nobody has. */
export function escalate(turn: Turn, mayTell: (incident: Incident) => boolean): void {
  const { policy } = turn;
  for (const incident of turn.incidents.values()) {
    if (incident.state !== "open" || incident.toldAt === null) continue;
    const { escalation } = incident;
    const mine = policy?.severities.includes(incident.severity) && policy.steps.length > 0 ? policy : null;
    if (mine === null) {
      if (escalation !== null) put(turn, { ...incident, escalation: null });
    } else if (escalation === null) put(turn, { ...incident, escalation: after(mine, 0, 0, turn.now) });
    else proceed(turn, incident, escalation, { policy: mine, stands: incident.ack !== null || !mayTell(incident) });
  }
}

function proceed(
  turn: Turn,
  incident: Incident,
  was: Escalation,
  { policy, stands }: { policy: Policy; stands: boolean },
): void {
  const { now } = turn;
  if (stands) {
    if (was.pausedAt === null) put(turn, { ...incident, escalation: { ...was, pausedAt: now } });
    return;
  }
  if (was.pausedAt !== null) {
    put(turn, { ...incident, escalation: resumed(was, now - was.pausedAt) });
    return;
  }
  // One notice a turn and incident.
  if (turn.steps.get(incident.id)?.tell) return;
  const next = was.next < policy.steps.length ? was.next : 0;
  if (now >= was.nextAt) {
    const round = next === 0 ? was.round + 1 : was.round;
    call(turn, incident, next, after(policy, next, round, now), policy);
  } else if (was.repeatAt !== null && now >= was.repeatAt) {
    const last = (next === 0 ? policy.steps.length : next) - 1;
    const everyMs = policy.steps[last]?.repeatEveryMs ?? null;
    call(turn, incident, last, { ...was, repeatAt: everyMs === null ? null : now + everyMs }, policy);
  }
}

const resumed = (was: Escalation, pausedMs: number): Escalation => ({
  ...was,
  nextAt: was.nextAt + pausedMs,
  repeatAt: was.repeatAt === null ? null : was.repeatAt + pausedMs,
  pausedAt: null,
});

/** As it is once `step` was told. */
function after({ steps, againAfterMs }: Policy, step: number, round: number, now: number): Escalation {
  const mine = steps[step];
  const following = steps[step + 1];
  const waitMs = following && mine ? following.afterMs - mine.afterMs : againAfterMs;
  const everyMs = mine?.repeatEveryMs ?? null;
  return {
    next: following ? step + 1 : 0,
    nextAt: now + waitMs,
    repeatAt: everyMs === null ? null : now + everyMs,
    round,
    pausedAt: null,
  };
}

/** Those of a step hear of it; what the others are owed is not touched. */
function call(turn: Turn, incident: Incident, step: number, escalation: Escalation, policy: Policy): void {
  const again = escalation.round > 0 ? "Still nobody has it." : "Nobody has it yet.";
  const facts = { ...incident.facts, again };
  const told = put(turn, { ...incident, facts, generation: incident.generation + 1, escalation });
  told.tell = "updated";
  told.channels = channelsOf(policy, step, turn.now);
  note(told, "escalated", `step ${step + 1} of ${policy.steps.length}`);
}

export function channelsOf({ steps, rota }: Policy, step: number, now: number): readonly string[] {
  const { channels = [], rota: asksRota = false } = steps[step] ?? {};
  return asksRota && rota ? [...new Set([...onDuty(rota, now).channels, ...channels])] : channels;
}
