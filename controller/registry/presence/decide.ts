import type { Birth, Heartbeat, SpoolState } from "#wire";
import type { DeviceState } from "./view.ts";

/** One device's presence. Times are the controller's; a device's clock never decides whether it is alive. */
export interface PresenceState {
  state: Extract<DeviceState, "awaiting" | "online" | "suspect" | "offline" | "sleeping">;
  since: number | null;
  lastSeenAt: number | null;
  boot: string | null;
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

/** A device says something at least every 5 minutes (DESIGN §4), whatever interval its birth claims: no claim makes it
 *  look alive for ever. */
const longestIntervalMs = 5 * 60_000;
const intervalOf = (was: PresenceState): number => Math.min(longestIntervalMs, was.birth?.intervalMs ?? 60_000);
const deadlineAfter = (now: number, intervalMs: number): number => now + Math.max(3 * intervalMs, intervalMs + 30_000);

/** (state, event, now) → state. A state that is the same object has not changed. */
export function decide(was: PresenceState, event: PresenceEvent, now: number, limits: PresenceLimits): PresenceState {
  switch (event.kind) {
    case "birth": {
      const { agent, firmware, hardware, intervalMs, config, clock, spool, boot, session } = event.birth;
      const birth = { agent, firmware, hardware, intervalMs, config, clock };
      return heard({ ...was, boot, session, birth, spool }, now);
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
      if (event.reason === "stopped") return { ...was, state: "offline", since: now, lastSeenAt: now, deadline: null };
      return {
        ...was,
        state: "sleeping",
        since: now,
        lastSeenAt: now,
        deadline: event.wakeInMs === undefined ? null : deadlineAfter(now + event.wakeInMs, intervalOf(was)),
      };
    case "restarted":
      // What was missed while away says nothing about the device.
      return was.deadline === null
        ? was
        : { ...was, deadline: now + Math.max(2 * intervalOf(was), limits.startupGraceMs) };
    case "tick":
      return silence(was, now, limits);
  }
}

function heard(was: PresenceState, now: number): PresenceState {
  const since = was.state === "online" ? was.since : now;
  return { ...was, state: "online", since, lastSeenAt: now, deadline: deadlineAfter(now, intervalOf(was)) };
}

const isCurrent = (was: PresenceState, said: { boot: string; session: number }): boolean =>
  was.boot === said.boot && was.session === said.session;

/** A broken connection shortens the wait; it never lengthens it. */
function hurry(was: PresenceState, deadline: number): PresenceState {
  return was.deadline === null || was.deadline <= deadline ? was : { ...was, deadline };
}

/** Flips carry the deadline's time, not the loop's. A late loop makes both flips at once. */
function silence(was: PresenceState, now: number, limits: PresenceLimits): PresenceState {
  if (was.deadline === null || now < was.deadline) return was;
  if (was.state === "suspect") return { ...was, state: "offline", since: was.deadline, deadline: null };
  const suspect: PresenceState = {
    ...was,
    state: "suspect",
    since: was.deadline,
    deadline: was.deadline + limits.suspectMs,
  };
  return silence(suspect, now, limits);
}
