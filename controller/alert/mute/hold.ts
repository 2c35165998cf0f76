import type { Incident, Member } from "../incident.ts";

export type MuteKind = "maintenance" | "silence";

/** What holds notices back now, or did until a moment ago. */
export interface Mute {
  id: string;
  by: MuteKind;
  /** Who made it. */
  who: string;
  why: string;
  until: number;
  /** null: all, which only those that name rules say. */
  devices: ReadonlySet<string> | null;
  /** null: all but what the controller says of itself. */
  rules: ReadonlySet<string> | null;
}

/** Why an incident, or a device in it, is not told of, and until when. */
export type Muted = Pick<Mute, "id" | "by" | "who" | "why" | "until">;

type Rooted = Pick<Incident, "rule" | "root">;
interface At {
  now: number;
  settleMs: number;
}

/** Those that may hold back something of this incident now, the longest first. */
const takersOf = (mutes: readonly Mute[], { rule, root }: Rooted, { now, settleMs }: At): Mute[] =>
  mutes
    .filter(
      ({ rules, until }) => (rules === null ? root.type !== "controller" : rules.has(rule)) && now < until + settleMs,
    )
    .sort((a, b) => b.until - a.until);

/** After its end whatever it made is given time to settle; what fails anew is told as usual. Of itself the controller is
 *  silent only where nothing but the rule was named. */
const holderOf = (
  takers: readonly Mute[],
  { root }: Rooted,
  { device, since }: Pick<Member, "device" | "since">,
  now: number,
): Mute | undefined =>
  takers.find(
    ({ devices, until }) =>
      (devices === null || (root.type !== "controller" && devices.has(device))) && (now < until || since < until),
  );

/** What holds back longest what is said of this device. Pure. */
export function muteOfMember(
  mutes: readonly Mute[],
  incident: Rooted,
  member: Pick<Member, "device" | "since">,
  at: At,
): Muted | null {
  return mutedBy(holderOf(takersOf(mutes, incident, at), incident, member, at.now));
}

const mutedBy = (mute: Mute | undefined): Muted | null =>
  mute ? { id: mute.id, by: mute.by, who: mute.who, why: mute.why, until: mute.until } : null;

/** What holds the whole incident back: all that is bad in it is muted; until the first of that is not. Pure. */
export function muteOf(
  mutes: readonly Mute[],
  incident: Pick<Incident, "rule" | "root" | "since" | "members">,
  at: At,
): Muted | null {
  const takers = mutes.length === 0 ? [] : takersOf(mutes, incident, at);
  if (takers.length === 0) return null;
  let first: Mute | undefined;
  for (const member of incident.members.values()) {
    if (member.state !== "down") continue;
    const mine = holderOf(takers, incident, member, at.now);
    if (mine === undefined) return null;
    if (first === undefined || mine.until < first.until) first = mine;
  }
  if (first !== undefined) return mutedBy(first);
  // What the controller says of itself has no members.
  const { root, since } = incident;
  return root.type === "controller" ? muteOfMember(mutes, incident, { device: root.id, since }, at) : null;
}
