const firstMs = 1_000;
export const longestMs = 60_000;

/** Full jitter: after a power cut in a whole ward nobody comes back in step.
 *  @param failures in a row so far, 1 or more
 *  @param random in [0, 1)
 *  @returns how long to wait, in (0, 60,000] ms */
export function backoffMs(failures: number, random: number): number {
  const most = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 16));
  // Never nothing: a loop that fails at once must not spin.
  return Math.max(100, Math.round(most * random));
}
