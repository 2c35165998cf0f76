/** up · degraded: there, but a rule of P1 or P2 finds it bad, or its agent is silent while it answers · down ·
 *  unreachable: with its whole site, or with the device that it is behind · maintenance: a
 *  planned window that does not count · unknown: we could not see it · asleep: outside its site's hours, or it said so ·
 *  unseen: before its first contact */
export const states = ["up", "degraded", "down", "unreachable", "maintenance", "unknown", "asleep", "unseen"] as const;
export type State = (typeof states)[number];

/** Why it was lost, once it is known: `line` (the same boot was up all the time), `restart` (power or reboot), `stopped`
 *  (it said goodbye), `maintenance` (planned, and it counts). Why nothing is known: `blind` or `away` (no controller ran).
 *  Of what is degraded: the rule. */
export type Cause = string;

/** What does not change within an interval. */
export interface Label {
  state: State;
  cause: Cause | null;
  /** The site or device that is unreachable. */
  root: string | null;
  /** Where the device is; null: without a site. */
  site: string | null;
}

/** How a device was in [from, to). */
export interface Interval extends Label {
  device: string;
  from: number;
  to: number;
  /** The boot that was there before was there after it. */
  held: boolean;
}

/** How a device is. */
export interface Open extends Label {
  device: string;
  from: number;
  /** That was there when it began, or is there. */
  boot: string | null;
  /** When it was last heard, as it began. */
  heardAt: number;
  /** Nobody looked until then: it counts as there only when it is heard after it. */
  proofFrom: number | null;
}

/** A device as it is seen now. */
export interface Seen extends Label {
  /** When that began, as far as whoever says so knows. */
  since: number;
  heardAt: number;
  boot: string | null;
  /** When that boot began; null: nobody knows. */
  bootAt: number | null;
}

/** The cause of what is degraded because only its agent is silent. */
export const agentDown = "agent_down";

export const isLost = (state: State): boolean => state === "down" || state === "unreachable";
export const isThere = (state: State): boolean => state === "up" || state === "degraded";

export const availabilityLimits = {
  /** How long what is over is kept. */
  keptMs: 400 * 86_400_000,
  /** How long afterwards a device's own word changes what was written. */
  revisedMs: 7 * 86_400_000,
  /** How long it is kept what was noticed of a device. */
  changesKeptMs: 7 * 86_400_000,
  /** Of a gap, covered by what came afterwards: then it was up. */
  covered: 0.8,
  /** Between two looks; a longer time was seen by nobody. */
  lookMs: 60_000,
  /** How often it is written, and every device looked at. */
  writeMs: 5_000,
  reviseMs: 30_000,
  pruneMs: 3_600_000,
  checkMs: 86_400_000,
  /** Of one statement; between two, everybody else has a turn. */
  rowsAtOnce: 2_000,
  /** What waits to be written. Of more than that nothing is known but what was written before. */
  rowsWaiting: 200_000,
  /** Devices whose intervals are read for a report between two turns. */
  devicesAtOnce: 200,
} as const;
export type AvailabilityLimits = { [K in keyof typeof availabilityLimits]: number };
