import { agentDown, type Cause, type Interval, isLost, isThere, type Label, type Open, type Seen } from "./interval.ts";

export type LedgerEvent =
  | { kind: "seen"; is: Seen }
  /** Nobody looked from then until now. */
  | { kind: "gap"; from: number; cause: "away" }
  | { kind: "removed" };

/** What a device is from now on (null: it is gone), and what is over. */
export interface Next {
  is: Open | null;
  over: Interval | null;
}

/** (how a device is, event, now) → how it is, and what is over. Intervals follow each other without hole or overlap,
 *  whatever the clock does: time that comes twice is counted once. Pure. */
export function reduce(device: string, was: Open | null, event: LedgerEvent, now: number): Next {
  if (event.kind === "seen") return was ? seen(was, event.is, now) : { is: first(device, event.is, now), over: null };
  if (!was) return { is: null, over: null };
  if (event.kind === "removed") return { is: null, over: closed(was, now, null) };
  if (was.state === "unknown") return { is: { ...was, proofFrom: now }, over: null };
  const unknown: Label = { state: "unknown", cause: event.cause, root: null, site: was.site };
  const at = Math.max(was.from, Math.min(event.from, now));
  return { is: { ...was, ...unknown, from: at, proofFrom: now }, over: closed(was, at, null) };
}

const first = (device: string, is: Seen, now: number): Open => ({
  device,
  ...labelOf(is),
  from: now,
  boot: is.boot,
  heardAt: is.heardAt,
  proofFrom: null,
});

function seen(was: Open, is: Seen, now: number): Next {
  // It seems to be there because nobody looked: only its own word after that proves it.
  if (was.proofFrom !== null && isUnproven(is, was.proofFrom)) return { is: was, over: null };
  const isSame = was.state === is.state && was.cause === causeOf(was, is) && was.root === is.root;
  if (isSame && was.site === is.site) return { is: was.boot === is.boot ? was : { ...was, boot: is.boot }, over: null };
  if (isBetterName(was, is)) return { is: { ...was, ...labelOf(is) }, over: null };
  const at = changedAt(was, is, now);
  const next: Open = { ...first(was.device, is, at), cause: was.state === is.state ? causeOf(was, is) : is.cause };
  return { is: next, over: closed(was, at, is) };
}

/** Of what answers while its agent is silent, somebody has asked. */
const isUnproven = (is: Seen, from: number): boolean =>
  isThere(is.state) && is.heardAt < from && is.cause !== agentDown;

const labelOf = ({ state, cause, root, site }: Label): Label => ({ state, cause, root, site });

/** Of what is unknown, who says so first has said why. */
const causeOf = (was: Open, is: Seen): Cause | null => (is.state === "unknown" ? was.cause : is.cause);

/** What was lost turns out to be its whole site's failure, or ours, or only its agent's: from its beginning. */
const isBetterName = (was: Open, is: Seen): boolean =>
  was.state === "down" &&
  (is.state === "unreachable" || is.state === "unknown" || is.cause === agentDown) &&
  was.site === is.site &&
  is.since <= was.from;

/** When it became what it is: as it was told, but no earlier than what is known to have been before. */
function changedAt(was: Open, is: Seen, now: number): number {
  const known = Math.max(was.from, was.proofFrom ?? was.from);
  if (was.proofFrom !== null) {
    const at = isThere(is.state) ? is.heardAt : Math.max(is.since, was.proofFrom);
    return Math.max(known, Math.min(at, now));
  }
  // Who leaves a planned window, or was something else since, has no word for the moment but now.
  const isOld = was.state === "maintenance" || is.since <= was.from;
  return Math.max(known, isOld ? now : Math.min(is.since, now));
}

/** @param by what ended it; null: nothing that says why */
function closed(was: Open, to: number, by: Seen | null): Interval | null {
  if (to <= was.from) return null;
  const { device, from } = was;
  const back = by !== null && isThere(by.state) && by.cause !== agentDown;
  const held = back && !isThere(was.state) && was.boot !== null && was.boot === by.boot;
  const cause = back && isLost(was.state) && was.cause === null ? whyLost(was, by) : was.cause;
  return { device, ...labelOf(was), cause, from, to, held };
}

/** Decided backwards, from the boot that is heard again. */
function whyLost(was: Open, by: Seen): Cause | null {
  if (was.boot === null || by.boot === null) return null;
  if (was.boot === by.boot) return "line";
  // A boot that had begun before the device was last heard did not end its silence.
  return by.bootAt !== null && by.bootAt < was.heardAt ? null : "restart";
}
