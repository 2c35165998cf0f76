import { isLoss } from "../incident.ts";
import type { AlertState, Watched } from "../state.ts";
import { agentDown, type Label, type Seen } from "./interval.ts";

/** A planned window over a device, and whether what happens in it counts. */
export type Muted = { sla: "exclude" | "count" } | null;

/** What open incidents say of their members. */
export interface Standing {
  /** What took it down with itself: its site, or the device that it is behind. */
  root: string | null;
  /** Its agent is silent, it answers: people are probably served. */
  answers: boolean;
  /** A rule of P1 or P2 that finds it bad, and since when. */
  bad: { rule: string; since: number } | null;
}

const none: Standing = { root: null, answers: false, bad: null };

/** Of every device that is in an open incident. */
export function standings(incidents: AlertState["incidents"]): Map<string, Standing> {
  const all = new Map<string, Standing>();
  for (const { rule, root, severity, members } of incidents.values()) {
    const isBad = !isLoss(rule) && (severity === "critical" || severity === "major");
    if (!isLoss(rule) && !isBad) continue;
    for (const { device, state, since } of members.values()) {
      if (state !== "down") continue;
      const was = all.get(device) ?? none;
      const first = was.bad && was.bad.since <= since ? was.bad : { rule, since };
      const is =
        rule === agentDown ? { answers: true } : isBad ? { bad: first } : root.id === device ? {} : { root: root.id };
      all.set(device, { ...was, ...is });
    }
  }
  return all;
}

/** A device as the ledger has it. Pure. */
export function seenOf(device: Watched, standing: Standing | undefined, muted: Muted, now: number): Seen {
  const { since, lastSeenAt: heardAt, boot, bootAt = null } = device;
  const site = device.site || null;
  const as = (state: Label["state"], cause: string | null = null, root: string | null = null): Seen => ({
    ...{ state, cause, root, site },
    ...{ since, heardAt, boot, bootAt },
  });
  if (device.state === "unseen" || device.state === "asleep") return as(device.state);
  if (muted?.sla === "exclude") return { ...as("maintenance"), since: now };
  switch (device.state) {
    case "unknown":
      return as("unknown", "blind");
    case "down": {
      const cause = muted ? "maintenance" : device.stopped ? "stopped" : null;
      if (standing?.answers) return as("degraded", agentDown);
      return standing?.root ? as("unreachable", cause, standing.root) : as("down", cause);
    }
    default:
      return standing?.bad ? { ...as("degraded", standing.bad.rule), since: standing.bad.since } : as("up");
  }
}
