import { hourMs } from "../../store/series/index.ts";

const weekMs = 7 * 24 * hourMs;

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
export type Offset = (at: number) => number;

/** Starts of the hours that were the same hour of the week, by the zone's clocks: a week before, two weeks, and so on. A
 *  week in which the clocks skip that hour has null. Pure. */
export function hoursAlike(hourAt: number, weeks: number, offset: Offset): (number | null)[] {
  return Array.from({ length: weeks }, (_, i) => {
    const shown = hourAt + offset(hourAt) - (i + 1) * weekMs;
    let at = shown - offset(hourAt - (i + 1) * weekMs);
    at = shown - offset(at);
    return at + offset(at) === shown ? at - (at % hourMs) : null;
  });
}

/** The median of the newest `weeks` that are known; null where fewer are. Pure.
 *  @param values newest first; null: nothing was measured in that week's hour */
export function usualOf(values: readonly (number | null | undefined)[], weeks: number): number | null {
  const known = values.filter((value) => typeof value === "number").slice(0, weeks);
  return known.length < weeks || weeks === 0 ? null : medianOf(known);
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
