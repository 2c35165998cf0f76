import type { Comparison } from "./canary/compare.ts";
import type { RolloutSettings } from "./schema.ts";

export type RolloutStatus =
  | "running"
  /** A person holds it. */
  | "paused"
  /** It stopped by itself; a person decides. */
  | "halted"
  /** What was changed is changed back. */
  | "returning"
  | "aborted"
  | "done";

export type Phase =
  | "waiting"
  /** Being written; after a restart nobody knows whether it was. */
  | "pushing"
  /** Wanted of the device, which has not said how it went. */
  | "pushed"
  | "done"
  | "failed"
  | "skipped";

/** One device in a rollout. */
export interface Touched {
  id: string;
  wave: number;
  phase: Phase;
  /** When the phase began. */
  at: number;
  /** When it was pushed; null: not yet. */
  pushedAt: number | null;
  /** What was wanted before; 0: nothing. */
  before: number;
  /** What is wanted by this rollout. */
  revision: number | null;
  /** Its way back: to be written, written; null: none. */
  back: "asked" | "written" | null;
  why: string | null;
}

export interface Rollout {
  id: string;
  title: string;
  by: { kind: string; id: string; name: string };
  createdAt: number;
  settings: RolloutSettings;
  /** How long a device has to prove itself; null: as usual. */
  trialMs: number | null;
  waves: number;
  status: RolloutStatus;
  /** Why it stands where it stands; null: nothing to say. */
  why: string | null;
  /** The one under way; 0 is the canary. */
  wave: number;
  /** Since when every device of the wave has an outcome. */
  soakSince: number | null;
  /** Of touched and untouched devices, at the end of this wave's soak. */
  compared: Comparison | null;
  /** Devices that failed so far; how many of them a person let pass, and when. */
  failures: number;
  forgiven: number;
  forgivenAt: number | null;
  endedAt: number | null;
}

/** What is known of a device beside the rollout. */
export interface Facts {
  isAway(device: string): boolean;
  /** Why it may not be touched now; null: it may. */
  heldBy(device: string): string | null;
  /** Never changed at once with any of these; "" and its own id aside. */
  apartFrom(device: string): readonly string[];
}

export type RolloutEvent =
  | { kind: "tick" }
  /** The change is wanted of the device now. */
  | { kind: "pushed"; device: string; revision: number }
  /** It can't be wanted of it. */
  | { kind: "refused"; device: string; why: string }
  /** Of the newest revision that is wanted of the device. */
  | { kind: "outcome"; device: string; revision: number; is: "applied" | "failed" | "other"; why: string | null }
  | { kind: "returned"; device: string; why: string | null }
  | { kind: "gone"; device: string }
  | { kind: "compared"; wave: number; comparison: Comparison }
  | { kind: "command"; do: "pause" | "resume" | "abort"; by: string };

export type RolloutEffect =
  | { do: "push"; device: string }
  /** What was wanted before is wanted again. */
  | { do: "return"; device: string }
  | { do: "compare"; wave: number };

/** A line of its log. */
export interface Line {
  at: number;
  device: string | null;
  text: string;
}

/** What follows: rows that are other than before, what to do when they are on disk, and why. */
export interface Step {
  rollout: Rollout;
  changed: Touched[];
  effects: RolloutEffect[];
  log: Line[];
}

export const isOver = ({ status }: Pick<Rollout, "status">): boolean => status === "done" || status === "aborted";
