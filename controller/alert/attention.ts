import type { Ack, Facts, Incident, Severity } from "./incident.ts";
import { alertBounds } from "./limits.ts";
import { duration } from "./times.ts";
import { note, put, type Turn } from "./turn.ts";

/** What somebody took does not stay theirs for ever, nor when it has become something else. */
export function judgeAcks(turn: Turn): void {
  for (const incident of turn.incidents.values()) {
    if (incident.state !== "open" || incident.ack === null) continue;
    const why = objectionTo(incident.ack, incident, turn.now);
    if (why === null) continue;
    const again = `Nobody has it now: ${why}.`;
    const updateAt = incident.toldAt === null ? incident.updateAt : turn.now;
    const step = put(turn, { ...incident, ack: null, updateAt, facts: { ...incident.facts, again } });
    note(step, "ack-over", why);
  }
}

const rank: readonly Severity[] = ["critical", "major", "warning", "info"];

function objectionTo(ack: Ack, incident: Incident, now: number): string | null {
  if (ack.until !== null && now >= ack.until) return `${ack.by} had it for ${duration(ack.until - ack.at)}`;
  if (rank.indexOf(incident.severity) < rank.indexOf(ack.severity)) return `it is worse than when ${ack.by} took it`;
  const down = downIn(incident);
  const grown = down - ack.members;
  if (grown >= alertBounds.ackGrowth && grown * 2 > ack.members)
    return `it was ${ack.members === 1 ? "1 device" : `${ack.members} devices`} when ${ack.by} took it, and is ${down}`;
  return null;
}

const downIn = ({ members }: Incident): number => [...members.values()].filter(({ state }) => state === "down").length;

/** Taken by somebody until then; who has it already, has it longer. Pure. */
export function taken(incident: Incident, who: { id: string; name: string }, at: number, until: number): Incident {
  const { severity } = incident;
  const ack = { id: who.id, by: who.name, at, until, members: downIn(incident), severity };
  return { ...incident, ack, facts: calm(incident.facts) };
}

/** Given back: nobody has it. */
export const givenBack = (incident: Incident): Incident => ({ ...incident, ack: null });

/** Nothing about it is told again now. */
const calm = ({ again: _, ...facts }: Facts): Facts => facts;
