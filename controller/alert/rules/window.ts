import { ruleLimits, type WindowFunction } from "./schema.ts";

/** The newest samples of one field of one series, as far back as some rule looks. Bounded in time and number. */
export interface Window {
  at: number[];
  values: number[];
  /** When the value last became another. */
  changedAt: number;
}

export const newWindow = (): Window => ({ at: [], values: [], changedAt: 0 });

/** @param keepMs how far back rules look; the newest sample before that stays, for what rose since */
export function push(window: Window, at: number, value: number, keepMs: number): void {
  if (window.values.at(-1) !== value) window.changedAt = at;
  window.at.push(at);
  window.values.push(value);
  let over = Math.max(0, window.at.length - ruleLimits.samplesOfSeries);
  while (over < window.at.length - 1 && (window.at[over + 1] as number) <= at - keepMs) over++;
  if (over === 0) return;
  window.at.splice(0, over);
  window.values.splice(0, over);
}

/** What the function says of the samples in (now - windowMs, now]; null: they say nothing yet. */
export function numberIn(window: Window, fn: WindowFunction, windowMs: number, now: number): number | null {
  const { at, values } = window;
  const newest = values.length - 1;
  if (newest < 0) return null;
  if (fn === "last") return values[newest] as number;
  if (fn === "unchanged") return Math.max(0, now - window.changedAt) / 1_000;
  let first = newest;
  while (first > 0 && (at[first - 1] as number) > now - windowMs) first--;
  if (fn === "rate" || fn === "increase" || fn === "falls") return overPairs(window, fn, first);
  if ((at[newest] as number) <= now - windowMs) return fn === "count" ? 0 : null;
  let [sum, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = first; i <= newest; i++) {
    const value = values[i] as number;
    sum += value;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const count = newest - first + 1;
  return fn === "count" ? count : fn === "mean" ? sum / count : fn === "min" ? least : most;
}

/** Of a counter: from the sample before the window on; a fall is a restart from 0. */
function overPairs({ at, values }: Window, fn: "rate" | "increase" | "falls", first: number): number | null {
  const from = Math.max(1, first);
  if (from >= values.length) return null;
  let [rose, fell] = [0, 0];
  for (let i = from; i < values.length; i++) {
    const [before, value] = [values[i - 1] as number, values[i] as number];
    if (value < before) fell++;
    rose += value >= before ? value - before : value;
  }
  if (fn === "falls") return fell;
  const seconds = ((at[values.length - 1] as number) - (at[from - 1] as number)) / 1_000;
  return fn === "increase" ? rose : seconds > 0 ? rose / seconds : null;
}
