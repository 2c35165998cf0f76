import { limits } from "#wire";
import type { Entry } from "./entries.ts";

export type Why = "full" | "thinned" | "age" | "unreadable";

/** `detail` of the event `spool-dropped`. */
export interface Dropped {
  boot: string;
  from: number;
  points: number[];
  before: number;
  why: Why;
}

/** Entries that were thrown away, as runs of neighbouring sequences. */
export function asRuns(entries: readonly Entry[], why: Why): Dropped[] {
  const runs: Dropped[] = [];
  const sorted = [...entries].sort((a, b) => (a.boot === b.boot ? a.seq - b.seq : a.boot < b.boot ? -1 : 1));
  for (const entry of sorted) {
    const open = runs.at(-1);
    const next = open && open.from + open.points.length;
    if (open?.boot === entry.boot && next === entry.seq && open.points.length < limits.droppedSequences) {
      open.points.push(entry.points);
    } else {
      const { boot, seq, points, total } = entry;
      runs.push({ boot, from: seq, points: [points], before: total - points, why });
    }
  }
  return runs;
}
