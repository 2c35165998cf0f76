import type { Policy } from "./escalation/run.ts";
import type { Flapping } from "./flap.ts";
import type { Incident, Severity } from "./incident.ts";
import type { Mute } from "./mute/hold.ts";
import type { Plug } from "./watch.ts";

/** A device as this room sees it. */
export interface Watched {
  id: string;
  name: string;
  /** "" where it has none: devices without a site are looked at together. */
  site: string;
  state: "up" | "checking" | "down" | "asleep" | "unseen" | "unknown";
  /** When that state began. */
  since: number;
  lastSeenAt: number;
  /** It said goodbye. */
  stopped: boolean;
  boot: string | null;
  /** When that boot began, by our clock; null or absent: nobody knows. */
  bootAt?: number | null;
  intervalMs: number;
  /** Groups of devices that it is behind: out of reach when all of one group are. */
  parents: readonly (readonly string[])[];
  /** Where its cable was last seen; null or absent: not told. */
  plug?: Plug | null;
}

export interface Place {
  id: string;
  name: string;
  timeZone: string;
  /** Within its service hours. */
  open: boolean;
}

export interface RuleSeen {
  id: string;
  title: string;
  severity: Severity;
  runbook?: string;
}

/** `gone`: nobody looks any more, which says nothing of the device. */
export type RuleStanding =
  | { state: "bad"; since: number; said: string; flapping: boolean }
  | { state: "good"; at: number }
  | { state: "gone" };

/** What came of asking something whether it is there, by another way than its agent. */
export interface Answer {
  answers: boolean;
  at: number;
}

/** A lost device that is in no incident yet. */
export interface Waiting {
  since: number;
  /** When it began to be checked: probing, holding and gathering begin together. */
  expiredAt: number;
  /** From then on it stands alone. */
  until: number;
}

/** All that the decision knows. Replaced, never changed in place. Bounded by the registry: one entry a device, and at
 *  most one open incident for each. */
export interface AlertState {
  devices: ReadonlyMap<string, Watched>;
  places: ReadonlyMap<string, Place>;
  waiting: ReadonlyMap<string, Waiting>;
  /** Of devices, and of the lines of sites, that were asked while something was wrong there. */
  probes: { devices: ReadonlyMap<string, Answer>; lines: ReadonlyMap<string, Answer> };
  /** Open ones, by id. */
  incidents: ReadonlyMap<string, Incident>;
  /** Our own listeners do not answer us. */
  selfCheck: { since: number; why: string } | null;
  /** The controller cannot see its devices: verdicts wait. */
  blind: { since: number } | null;
  store: { since: number; why: string } | null;
  /** When an incident of a rule and root was over, for as long as another one is told more slowly. */
  ended: ReadonlyMap<string, number>;
  /** Losses that are over, by rule and root, as long as they say something of the next. */
  flaps: ReadonlyMap<string, Flapping>;
  /** What holds notices back now. */
  mutes: readonly Mute[];
  /** Who is told when; null: everybody at once. */
  policy: Policy | null;
}

export const nothing: AlertState = {
  devices: new Map(),
  places: new Map(),
  waiting: new Map(),
  probes: { devices: new Map(), lines: new Map() },
  incidents: new Map(),
  selfCheck: null,
  blind: null,
  store: null,
  ended: new Map(),
  flaps: new Map(),
  mutes: [],
  policy: null,
};

export type AlertEvent =
  /** null: removed. */
  | { kind: "device"; id: string; is: Watched | null }
  | { kind: "place"; id: string; is: Place | null }
  /** What a rule says of a device, all its series together. */
  | { kind: "rule"; rule: RuleSeen; device: string; is: RuleStanding }
  | { kind: "probe"; of: "devices" | "lines"; id: string; is: Answer }
  /** What holds notices back from now on. */
  | { kind: "mutes"; are: readonly Mute[] }
  | { kind: "policy"; is: Policy | null }
  | { kind: "self-check"; failed: { since: number; why: string } | null }
  | { kind: "store"; away: { since: number; why: string } | null };
