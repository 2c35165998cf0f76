import { memberFrom } from "./devices.ts";
import { factsOf, noFacts } from "./facts.ts";
import { isHeld } from "./flapping.ts";
import type { Incident } from "./incident.ts";
import type { Watched } from "./state.ts";
import { note, put, putMember, type Turn } from "./turn.ts";

export interface Lost {
  device: Watched;
  since: number;
}

/** Devices that are one failure with one root. What was told of one of them becomes this incident: no second "opened" for
 *  one failure. */
export function openTogether(
  turn: Turn,
  as: Pick<Incident, "rule" | "severity" | "root" | "site">,
  lost: readonly Lost[],
): void {
  const { now, limits } = turn;
  const alone = lost
    .map(({ device }) => turn.incidents.get(turn.memberOf.get(device.id) ?? ""))
    .filter((one) => one !== undefined)
    .sort((a, b) => Number(a.toldAt === null) - Number(b.toldAt === null) || a.openedAt - b.openedAt);
  const [first, ...rest] = [...new Set(alone)];
  const expired = lost.map(({ device, since }) => turn.waiting.get(device.id)?.expiredAt ?? since);
  const tellAt = Math.max(now, Math.min(...expired) + limits.groupWaitMs);
  const base = first ?? fresh(turn, { ...as, tellAt });
  for (const { device } of lost) turn.waiting.delete(device.id);
  for (const other of rest) fold(turn, other);
  put(turn, { ...base, ...as, since: Math.min(...lost.map((one) => one.since)) });
  for (const one of lost) putMember(turn, base.id, memberFrom(one.device, one.since));
  const incident = turn.incidents.get(base.id) ?? base;
  const includes = [...incident.includes, ...rest.filter(({ toldAt }) => toldAt !== null).map(({ id }) => id)];
  const told = incident.toldAt !== null;
  const step = put(turn, { ...incident, includes, facts: factsOf(turn, incident), updateAt: told ? now : null });
  note(step, first ? "widened" : "opened");
}

/** Joined into its site's incident: its own ends without a word. */
function fold(turn: Turn, incident: Incident): void {
  for (const member of incident.members.values())
    if (turn.memberOf.get(member.device) === incident.id) turn.memberOf.delete(member.device);
  const step = put(turn, { ...incident, state: "closed", cause: "folded", resolvedAt: turn.now, tellAt: null });
  note(step, "folded");
}

/** Members have joined since it was `before`: told when there was time enough since the last word, at once when they are
 *  twice as many. */
export function grown(turn: Turn, before: Incident): void {
  const now = turn.incidents.get(before.id) ?? before;
  if (now === before) return;
  const down = [...now.members.values()].filter(({ state }) => state === "down").length;
  const usual = Math.max(turn.now, (now.toldAt ?? 0) + turn.limits.groupIntervalMs);
  // What comes and goes was told as such.
  if (isHeld(now)) {
    note(put(turn, { ...now, facts: factsOf(turn, now) }), "widened");
    return;
  }
  const updateAt = now.toldAt === null ? null : down >= 2 * now.toldMembers ? turn.now : (now.updateAt ?? usual);
  note(put(turn, { ...now, facts: factsOf(turn, now), updateAt }), "widened");
}

export const fresh = (turn: Turn, of: Pick<Incident, "rule" | "severity"> & { tellAt: number }): Incident => ({
  id: turn.newId(),
  state: "open",
  ...of,
  root: { type: "controller", id: "self" },
  site: null,
  cause: null,
  facts: noFacts,
  since: turn.now,
  openedAt: turn.now,
  resolvedAt: null,
  generation: 0,
  toldAt: null,
  toldMembers: 0,
  updateAt: null,
  recoverBy: null,
  includes: [],
  muted: null,
  ack: null,
  escalation: null,
  members: new Map(),
});
