import { gapsAfter } from "./gaps.ts";

/** A stretch of time in which something held, did not, or did so now and then. */
export interface Segment {
  from: number;
  to: number;
  state: "good" | "partly" | "bad";
}

const stateOf = (value: number): Segment["state"] => (value >= 1 ? "good" : value <= 0 ? "bad" : "partly");

/** What a line of ones and zeros (or shares of a step) says, stretch by stretch; where nothing came there is none. Pure.
 *  @param everyMs the least distance that can be a step; @param end of the picture */
export function segmentsOf(
  points: readonly (readonly [number, number])[],
  everyMs: number,
  end: number,
): readonly Segment[] {
  const gaps = gapsAfter(
    points.map(([at]) => at),
    everyMs,
  );
  const found: Segment[] = [];
  for (const [i, [at, value]] of points.entries()) {
    const to = gaps.get(i) ?? points[i + 1]?.[0] ?? Math.min(end, at + lastStep(points, everyMs));
    const state = stateOf(value);
    const last = found.at(-1);
    if (last && last.state === state && last.to === at) last.to = to;
    else found.push({ from: at, to, state });
  }
  return found;
}

const lastStep = (points: readonly (readonly [number, number])[], everyMs: number): number => {
  const [before, last] = points.slice(-2);
  return before && last ? Math.max(everyMs, last[0] - before[0]) : everyMs;
};

/** In percent of the time that is known; null: none is. */
export function shareGood(points: readonly (readonly [number, number])[]): number | null {
  if (points.length === 0) return null;
  return (points.reduce((sum, [, value]) => sum + Math.min(1, Math.max(0, value)), 0) / points.length) * 100;
}
