import type { Incident, Member } from "../incident.ts";

export type MuteKind = "maintenance" | "silence";

/** What holds notices back now, or did until a moment ago. */
export interface Mute {
  id: string;
  by: MuteKind;
  why: string;
  until: number;
  /** null: all, which only those that name rules say. */
  devices: ReadonlySet<string> | null;
  /** null: all but what the controller says of itself. */
  rules: ReadonlySet<string> | null;
}

/** Why an incident, or a device in it, is not told of, and until when. */
export type Muted = Pick<Mute, "id" | "by" | "why" | "until">;

type Rooted = Pick<Incident, "rule" | "root">;

/** After its end whatever it made is given time to settle; what fails anew is told as usual. */
const holds = ({ until }: Mute, since: number, now: number, settleMs: number): boolean =>
  now < until || (now < until + settleMs && since < until);

/** What holds back longest what is said of this device. Pure. */
export function muteOfMember(
  mutes: readonly Mute[],
  { rule, root }: Rooted,
  { device, since }: Pick<Member, "device" | "since">,
  { now, settleMs }: { now: number; settleMs: number },
): Muted | null {
  let found: Mute | null = null;
  for (const mute of mutes) {
    const takesRule = mute.rules === null ? root.type !== "controller" : mute.rules.has(rule);
    // Of itself the controller is silent only where nothing but the rule was named.
    const takesDevice = mute.devices === null || (root.type !== "controller" && mute.devices.has(device));
    if (!takesRule || !takesDevice || !holds(mute, since, now, settleMs)) continue;
    if (found === null || mute.until > found.until) found = mute;
  }
  return found && mutedBy(found);
}

const mutedBy = ({ id, by, why, until }: Mute): Muted => ({ id, by, why, until });

/** What holds the whole incident back: all that is bad in it is muted; until the first of that is not. Pure. */
export function muteOf(
  mutes: readonly Mute[],
  incident: Pick<Incident, "rule" | "root" | "since" | "members">,
  at: { now: number; settleMs: number },
): Muted | null {
  if (mutes.length === 0) return null;
  let first: Muted | null = null;
  let any = false;
  for (const member of incident.members.values()) {
    if (member.state !== "down") continue;
    any = true;
    const mine = muteOfMember(mutes, incident, member, at);
    if (mine === null) return null;
    if (first === null || mine.until < first.until) first = mine;
  }
  if (any) return first;
  // What the controller says of itself has no members.
  return incident.root.type === "controller"
    ? muteOfMember(mutes, incident, { device: incident.root.id, since: incident.since }, at)
    : null;
}
