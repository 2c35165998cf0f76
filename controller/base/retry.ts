import { randomBelow } from "./ids.ts";

export interface Backoff {
  baseMs: number;
  maxMs: number;
}

/** Full jitter: evenly from 0 to base × 2^attempt, at most `maxMs`. Attempts count from 0. A crowd that failed together
 *  does not come back together.
 *  @param below gives a whole number from 0 to its argument - 1 */
export function fullJitter(attempt: number, backoff: Backoff, below: (n: number) => number = randomBelow): number {
  const ceiling = Math.min(backoff.maxMs, backoff.baseMs * 2 ** Math.min(attempt, 30));
  return below(Math.floor(ceiling) + 1);
}
