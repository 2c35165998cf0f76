import type { Birth, Heartbeat, SpoolState } from "#wire";
import type { DeviceState } from "./view.ts";

/** One device's presence. Times are the controller's; a device's clock never decides whether it is alive. */
export interface PresenceState {
  state: Extract<DeviceState, "awaiting" | "online" | "suspect" | "offline" | "sleeping" | "unknown">;
  /** Why it is silent, where that is known: it said goodbye, said that it sleeps, or its site is closed. */
  why?: "stopped" | "said" | "hours";
  since: number | null;
  lastSeenAt: number | null;
  boot: string | null;
  /** When that boot began, by our clock; null or absent: nobody knows. */
  bootAt?: number | null;
  session: number | null;
  birth: Pick<Birth, "agent" | "firmware" | "hardware" | "intervalMs" | "config" | "clock"> | null;
  spool: SpoolState | null;
  /** When silence moves the state on; null where silence is expected. */
  deadline: number | null;
}

export type PresenceEvent =
  | { kind: "birth"; birth: Birth }
  | { kind: "heartbeat"; heartbeat: Heartbeat }
  /** Anything else that the device sent itself. */
  | { kind: "contact" }
  | { kind: "will"; boot: string; session: number }
  | { kind: "stopped"; boot: string; session: number; reason: "stopped" | "sleeping"; wakeInMs?: number | undefined }
  | { kind: "disconnected" }
  /** The controller was away and has started again. */
  | { kind: "restarted" }
  /** The controller itself cannot see: what seems lost since then is not known. */
  | { kind: "blinded"; since: number }
  /** It sees again. */
  | { kind: "seeing" }
  | { kind: "tick" };

export interface PresenceLimits {
  /** After a broken connection, until silence counts. */
  reconnectGraceMs: number;
  /** How long a device is `suspect` before it is `offline`. */
  suspectMs: number;
  /** After a start of the controller; at least two intervals. */
  startupGraceMs: number;
}
export const presenceLimits: PresenceLimits = { reconnectGraceMs: 20_000, suspectMs: 10_000, startupGraceMs: 90_000 };

/** What silence means just now. */
export interface Circumstances {
  /** The device's site is within its service hours. */
  open: boolean;
  /** The controller itself cannot see its devices. */
  blind: boolean;
  /** It tries something that we sent, and may be away until then. */
  tryingUntil: number | null;
  /** How much longer than others it may be silent: its line comes and goes. */
  patienceMs: number;
}
const usual: Circumstances = { open: true, blind: false, tryingUntil: null, patienceMs: 0 };

/** What lines are like: a mobile one is often back within a minute, and a device that is silent meanwhile is being checked,
 *  not lost. */
export const patienceMsOf = { fibre: 0, other: 0, dsl: 10_000, mesh: 20_000, cellular: 60_000 } as const;

export const awaiting: PresenceState = {
  state: "awaiting",
  since: null,
  lastSeenAt: null,
  boot: null,
  session: null,
  birth: null,
  spool: null,
  deadline: null,
};

/** From the beginning of the service hours until silence counts; at least three intervals. */
const openingGraceMs = 120_000;

/** A device says something at least every 5 minutes (DESIGN §4), whatever interval its birth claims: no claim makes it
 *  look alive for ever. */
const longestIntervalMs = 5 * 60_000;
const intervalOf = (was: PresenceState): number => Math.min(longestIntervalMs, was.birth?.intervalMs ?? 60_000);
const deadlineAfter = (now: number, intervalMs: number): number => now + Math.max(3 * intervalMs, intervalMs + 30_000);

/** (state, event, now) → state. A state that is the same object has not changed. */
export function decide(
  was: PresenceState,
  event: PresenceEvent,
  now: number,
  limits: PresenceLimits,
  circumstances: Circumstances = usual,
): PresenceState {
  switch (event.kind) {
    case "birth": {
      const { agent, firmware, hardware, intervalMs, config, clock, spool, boot, session, upMs } = event.birth;
      const birth = { agent, firmware, hardware, intervalMs, config, clock };
      return heard({ ...was, boot, bootAt: bootAtOf(was, boot, now - upMs), session, birth, spool }, now);
    }
    case "heartbeat": {
      const { spool, config } = event.heartbeat;
      return heard({ ...was, spool, birth: was.birth ? { ...was.birth, config } : null }, now);
    }
    case "contact":
      return was.state === "awaiting" && was.birth === null ? { ...was, lastSeenAt: now } : heard(was, now);
    case "will":
      return isCurrent(was, event) ? hurry(was, now + limits.reconnectGraceMs) : was;
    case "disconnected":
      return hurry(was, now + limits.reconnectGraceMs);
    case "stopped":
      if (!isCurrent(was, event)) return was;
      if (event.reason === "stopped") {
        const stopped: PresenceState = {
          ...was,
          state: "offline",
          why: "stopped",
          since: now,
          lastSeenAt: now,
          deadline: null,
        };
        return circumstances.open ? stopped : asleep(stopped, now);
      }
      return {
        ...was,
        state: "sleeping",
        why: "said",
        since: now,
        lastSeenAt: now,
        deadline: event.wakeInMs === undefined ? null : deadlineAfter(now + event.wakeInMs, intervalOf(was)),
      };
    case "restarted":
      // What was missed while away says nothing about the device.
      return was.deadline === null ? was : { ...was, deadline: now + graceOf(was, limits) };
    case "blinded":
      return was.state === "offline" && was.why !== "stopped" && (was.since ?? 0) >= event.since
        ? { ...was, state: "unknown" }
        : was;
    case "seeing":
      return was.deadline === null && was.state !== "unknown" ? was : { ...was, deadline: now + graceOf(was, limits) };
    case "tick":
      return silence(hours(was, now, circumstances), now, limits, circumstances);
  }
}

/** What comes late seems younger: of one boot the earliest word counts. */
const bootAtOf = (was: PresenceState, boot: string, at: number): number =>
  was.boot === boot ? Math.min(was.bootAt ?? at, at) : at;

const graceOf = (was: PresenceState, limits: PresenceLimits): number =>
  Math.max(2 * intervalOf(was), limits.startupGraceMs);

/** Whoever is heard is online, whatever the hours. */
function heard(before: PresenceState, now: number): PresenceState {
  const { why: _, ...was } = before;
  const since = was.state === "online" ? was.since : now;
  return { ...was, state: "online", since, lastSeenAt: now, deadline: deadlineAfter(now, intervalOf(was)) };
}

const isCurrent = (was: PresenceState, said: { boot: string; session: number }): boolean =>
  was.boot === said.boot && was.session === said.session;

/** A broken connection shortens the wait; it never lengthens it. */
function hurry(was: PresenceState, deadline: number): PresenceState {
  return was.deadline === null || was.deadline <= deadline ? was : { ...was, deadline };
}

const asleep = (was: PresenceState, since: number): PresenceState => ({
  ...was,
  state: "sleeping",
  why: "hours",
  since,
  deadline: null,
});

/** Outside its site's hours a device may be off; when they begin it has a while to come up. */
function hours(was: PresenceState, now: number, { open }: Circumstances): PresenceState {
  if (!open && (was.state === "offline" || (was.why === "hours" && was.deadline !== null))) return asleep(was, now);
  if (open && was.state === "sleeping" && was.why === "hours" && was.deadline === null)
    return { ...was, deadline: now + Math.max(3 * intervalOf(was), openingGraceMs) };
  return was;
}

/** Flips carry the deadline's time, not the loop's. A late loop makes both flips at once. */
function silence(was: PresenceState, now: number, limits: PresenceLimits, circumstances: Circumstances): PresenceState {
  if (was.deadline === null || now < was.deadline) return was;
  if (!circumstances.open) return asleep(was, was.deadline);
  if (circumstances.blind) return { ...was, state: "unknown", since: was.deadline, deadline: null };
  if (was.state === "suspect") {
    const back = circumstances.tryingUntil === null ? now : circumstances.tryingUntil + limits.reconnectGraceMs;
    if (now < back) return { ...was, deadline: back };
    const { why: _, ...rest } = was;
    return { ...rest, state: "offline", since: was.deadline, deadline: null };
  }
  const suspect: PresenceState = {
    ...was,
    state: "suspect",
    since: was.deadline,
    deadline: was.deadline + limits.suspectMs + circumstances.patienceMs,
  };
  return silence(suspect, now, limits, circumstances);
}
