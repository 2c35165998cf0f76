import type { Cause, Member } from "./incident.ts";
import type { Watched } from "./state.ts";
import { isOpen, putMember, type Turn } from "./turn.ts";

/** A device is other than before: into its hold, out of it, back in its incident, or gone. */
export function deviceEvent(turn: Turn, id: string, is: Watched | null): void {
  const was = turn.devices.get(id);
  turn.bySite = null;
  turn.children = null;
  if (is) turn.devices.set(id, is);
  else turn.devices.delete(id);
  const moved = was !== undefined && is !== null && was.site !== is.site;
  if (is === null || moved) {
    leave(turn, id, "gone");
    turn.waiting.delete(id);
  }
  if (is === null) return;
  if (is.state === "down") lose(turn, is, was?.state === "checking" ? was.since : is.since);
  else turn.waiting.delete(id);
  const incident = turn.incidents.get(turn.memberOf.get(id) ?? "");
  const member = incident?.members.get(id);
  if (incident && member && isBack(is, member)) {
    const stopped = was?.stopped === true || (incident.root.id === id && incident.facts.stopped);
    const cause = stopped ? "stopped" : whySilent(member, is, was);
    putMember(turn, incident.id, { ...member, state: "back", backAt: Math.max(is.since, member.since), cause });
  }
}

/** The same boot was up all the time. Another one that began after its last word is a restart; one that had begun before
 *  that did not end the silence. */
function whySilent(member: Member, is: Watched, was: Watched | undefined): Member["cause"] {
  if (member.boot === null || is.boot === null) return null;
  if (member.boot === is.boot) return "line";
  const wasThere = was?.state === "down" && typeof is.bootAt === "number" && is.bootAt < was.lastSeenAt;
  return wasThere ? null : "restart";
}

/** Only contact after the loss proves that it is back: after `kill -9` of the controller, records may show it as it was
 *  a few seconds before it was lost. */
const isBack = (is: Watched, member: Member): boolean =>
  (is.state === "up" || is.state === "checking") && is.lastSeenAt > member.since;

function lose(turn: Turn, { id, site, since, stopped }: Watched, expiredAt: number): void {
  if (turn.memberOf.has(id) || turn.waiting.has(id) || !isOpen(turn, site)) return;
  const { holdMs, stoppedHoldMs } = turn.limits;
  turn.waiting.set(id, { since, expiredAt, until: stopped ? turn.now + stoppedHoldMs : expiredAt + holdMs });
}

export function leave(turn: Turn, id: string, state: "gone" | "left"): void {
  const incident = turn.incidents.get(turn.memberOf.get(id) ?? "");
  const member = incident?.members.get(id);
  if (incident && member) putMember(turn, incident.id, { ...member, state, backAt: turn.now });
}

export const memberFrom = ({ id, name, boot }: Watched, since: number): Member => ({
  device: id,
  name,
  state: "down",
  since,
  backAt: null,
  boot,
  cause: null,
});

/** Why they were silent, when they agree. */
export function causeOf(members: Iterable<Member>): Cause | null {
  const causes = new Set([...members].filter(({ state }) => state === "back").map(({ cause }) => cause));
  return causes.size === 1 ? ([...causes][0] ?? null) : null;
}
