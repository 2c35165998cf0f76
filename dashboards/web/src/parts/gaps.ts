/** Steps on both sides that say what is usual here. */
const around = 2;
/** So many times the usual step is a gap. */
const wide = 2.5;

/** After which points nothing came for longer than is usual there: index → where the gap begins. What is usual may change
 *  along the line, as when a device measured once a minute and now does so every 10 s. Pure.
 *  @param everyMs the least distance that can be a step */
export function gapsAfter(times: readonly number[], everyMs: number): Map<number, number> {
  const steps = times.slice(1).map((at, i) => at - (times[i] ?? at));
  const gaps = new Map<number, number>();
  for (const [i, step] of steps.entries()) {
    const near = steps.slice(Math.max(0, i - around), i + around + 1).sort((a, b) => a - b);
    const usual = Math.max(near[Math.floor((near.length - 1) / 2)] ?? 0, everyMs);
    if (step > usual * wide) gaps.set(i, (times[i] ?? 0) + usual);
  }
  return gaps;
}
