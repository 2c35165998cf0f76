const dayMs = 86_400_000;

export const backtestLimits = {
  usualRangeMs: 30 * dayMs,
  longestRangeMs: 90 * dayMs,
  shortestRangeMs: 3_600_000,
  /** That wait for their turn behind the one that runs. */
  waiting: 4,
  /** Finished ones that are kept, and how long. */
  kept: 20,
  keptMs: 3_600_000,
  /** Firings that are listed; the counts know all. */
  listed: 500,
  sitesListed: 200,
  /** Devices that are looked at at once: one is read while another is thought about. */
  devicesAtOnce: 3,
  /** Values of one question to the store; a device with more is asked for in parts. */
  pointsPerCall: 60_000,
  /** The event loop is held for so long at once, and so many samples lie between two looks at the clock. */
  sliceMs: 20,
  samplesPerLook: 500,
} as const;

/** Of the values that stand for the samples. */
export const widthMs = 300_000;

/** History is read in days, so that a quiet one is passed over, and at most so many of them at once. */
export const partMs = dayMs;
export const partsAtOnce = 10;
