import { causeOf, leave } from "./devices.ts";
import { firstOf } from "./escalation/run.ts";
import { factsOf } from "./facts.ts";
import { followFlapping, isHeld, keepFlap } from "./flapping.ts";
import { type Incident, isLoss, type NoticeKind } from "./incident.ts";
import type { Watched } from "./state.ts";
import { note, put, rootKey, type Turn } from "./turn.ts";

/** Incidents whose devices are back end; stragglers get a while, then stand alone. */
export function endIncidents(turn: Turn): void {
  for (const open of [...turn.incidents.values()]) {
    if (open.state !== "open" || open.members.size === 0) continue;
    const incident = followFlapping(turn, open);
    const members = [...incident.members.values()];
    const down = members.filter(({ state }) => state === "down");
    if (down.length === 0 && isHeld(incident) && members.some(({ state }) => state === "back")) continue;
    if (down.length === 0) finish(turn, incident);
    else if (isLoss(incident.rule) && members.length > 1) recover(turn, incident, down.length, members.length);
  }
}

function finish(turn: Turn, incident: Incident): void {
  const members = [...incident.members.values()];
  const back = members.filter(({ state }) => state === "back");
  const resolvedAt = back.length > 0 ? Math.max(...back.map(({ backAt }) => backAt ?? 0)) : turn.now;
  const state = back.length > 0 ? "resolved" : "closed";
  const cause = back.length > 0 ? causeOf(members) : "removed";
  turn.ended.set(rootKey(incident), turn.now);
  keepFlap(turn, incident);
  put(turn, { ...incident, state, cause, resolvedAt, facts: { ...factsOf(turn, incident), down: 0 } });
}

/** More than half are back, or the one that they are behind: so is whatever had taken them down. */
function recover(turn: Turn, incident: Incident, down: number, members: number): void {
  const { now, limits } = turn;
  const root = incident.members.get(incident.root.id);
  const isBack = incident.rule !== "agent_down" && (root ? root.state === "back" : down * 2 < members);
  if (!isBack) {
    if (incident.recoverBy !== null) put(turn, { ...incident, recoverBy: null });
    return;
  }
  if (incident.recoverBy === null) {
    const stragglers = [...incident.members.values()].filter(({ state }) => state === "down");
    const intervals = stragglers.map(({ device }) => turn.devices.get(device)?.intervalMs ?? 0);
    put(turn, { ...incident, recoverBy: now + Math.max(3 * Math.max(...intervals), limits.recoveryGraceMs) });
    return;
  }
  if (now < incident.recoverBy) return;
  for (const { device, state, since } of incident.members.values()) {
    if (state !== "down") continue;
    leave(turn, device, "left");
    if (turn.devices.get(device)?.state === "down") turn.waiting.set(device, { since, expiredAt: now, until: now });
  }
  finish(turn, turn.incidents.get(incident.id) ?? incident);
}

/** Who hears what. One notice a turn and incident: the end outranks whatever else there was to say. */
export function tell(turn: Turn, mayTell: (incident: Incident) => boolean): void {
  for (const incident of [...turn.incidents.values()]) {
    if (incident.state !== "open") {
      // Never told, never taken back. What was taken in by another incident ends with that one.
      const step = turn.steps.get(incident.id);
      if (!step) continue;
      if (incident.cause !== "folded" && incident.cause !== "blind") note(step, incident.state);
      if (incident.toldAt !== null && incident.cause !== "folded") say(turn, incident, incident.state as NoticeKind);
    } else if (
      incident.tellAt !== null &&
      turn.now >= incident.tellAt &&
      mayTell(incident) &&
      stillDown(turn, incident)
    )
      say(turn, { ...incident, tellAt: null, toldAt: turn.now }, "opened");
    else if (incident.updateAt !== null && turn.now >= incident.updateAt && mayTell(incident))
      say(turn, incident, "updated");
  }
}

/** Not the whole night through asleep, and told in the moment in which the hours begin. */
export const stillDown = (turn: Turn, { rule, root, members }: Incident): boolean =>
  root.type === "controller" ||
  [...members.values()].some(({ device, state }) => state === "down" && isAsBad(turn.devices.get(device), rule));

/** Of what is silent nobody knows whether a rule still finds it bad: its silence is an incident of its own. */
const isAsBad = (device: Watched | undefined, rule: string): boolean =>
  isLoss(rule) ? device?.state === "down" : device?.state === "up";

function say(turn: Turn, incident: Incident, kind: NoticeKind): void {
  const toldMembers = [...incident.members.values()].filter(({ state }) => state === "down").length;
  const facts = incident.state === "open" ? factsOf(turn, incident) : incident.facts;
  const generation = incident.generation + 1;
  // Of a site that grew: the next "updated" counts from this one.
  const toldAt = kind === "updated" ? turn.now : incident.toldAt;
  const step = put(turn, { ...incident, facts, generation, toldAt, toldMembers, tellAt: null, updateAt: null });
  step.tell = kind;
  const first = kind === "opened" ? firstOf(turn, incident) : null;
  if (first) step.channels = first;
  if (kind === "opened" || kind === "updated") note(step, "told", kind);
}
