import type { Comparison } from "./canary/compare.ts";
import { type Count, countOf } from "./gate.ts";
import type { Whole } from "./records.ts";
import type { Rollout, Touched } from "./state.ts";

export interface RolloutView extends Omit<Rollout, "compared" | "forgivenAt" | "soakSince"> {
  counts: Count;
  /** Wave by wave. */
  perWave: Count[];
  soakSince: number | null;
  /** What showed at the end of the wave that is under way. */
  compared: Comparison | null;
}

export function viewOf({ rollout, devices }: Whole, isAway: (device: string) => boolean): RolloutView {
  const { forgivenAt: _, ...shown } = rollout;
  const rows = [...devices.values()];
  const perWave = Array.from({ length: rollout.waves }, (_, wave) => countOf(rows, isAway, wave));
  return { ...shown, counts: countOf(rows, isAway), perWave };
}

/** A device of it, with why it waits. */
export interface TouchedView extends Touched {
  name: string;
  site: string | null;
  isAway: boolean;
  heldBy: string | null;
}
