import type { Clock } from "../../../base/clock.ts";
import { tooMany } from "../aggregate.ts";
import { type SeriesQuery, seriesLimits, TooManyPoints } from "../contract.ts";

export const readLimits = {
  /** One query: others wait for it, and what is written meanwhile stays in the log until it is over. */
  queryMs: 10_000,
  /** Rows read before the clock is looked at again. */
  rowsAtOnce: 20_000,
} as const;

export interface Budget {
  /** Throws TooManyPoints when that was too much, or took too long. */
  spend(rows: number): void;
}

/** What one query may take of the reader. */
export function createBudget(query: SeriesQuery, clock: Pick<Clock, "monotonic">): Budget {
  const until = clock.monotonic() + readLimits.queryMs;
  let left: number = seriesLimits.scannedPoints;
  return {
    spend(rows) {
      left -= rows;
      if (left < 0) throw tooMany(query);
      if (clock.monotonic() < until) return;
      const seconds = readLimits.queryMs / 1_000;
      throw new TooManyPoints(`longer than ${seconds} s: ask for less time, fewer devices or wider buckets`);
    },
  };
}
