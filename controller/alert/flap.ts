import { type Flap, flapAfter } from "./rules/instance.ts";

/** How often a root was lost and came back, and for how long it was away in all. */
export interface Flapping extends Flap {
  times: number;
  downMs: number;
  /** Since when something of it is lost; null: nothing is. */
  downAt: number | null;
}

export const calm: Flapping = { score: 0, at: 0, flapping: false, times: 0, downMs: 0, downAt: null };

/** Of one that is over, as long as it says something of the next. */
const least = 0.1;

/** Of those that have long been calm nothing has to be kept. */
export const stillKnown = (flaps: ReadonlyMap<string, Flapping>, now: number): Map<string, Flapping> =>
  new Map([...flaps].filter(([, flap]) => flapAfter(flap, now, 0).score >= least));
