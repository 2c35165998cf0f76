/** Of at least one value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** The median distance from the median, scaled to the standard deviation of what is spread normally: one odd value does
 *  not move it. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
}

/** How likely it is that `ours` lie so far above `theirs` by chance alone (one-sided Mann-Whitney test, normal
 *  approximation with ties and continuity): 0.5 means no difference. Where all values are equal: 1. */
export function rankSum(ours: readonly number[], theirs: readonly number[]): number {
  const [n, m] = [ours.length, theirs.length];
  const all = [...ours.map((value) => ({ value, own: 1 })), ...theirs.map((value) => ({ value, own: 0 }))];
  all.sort((a, b) => a.value - b.value);
  let sum = 0;
  let ties = 0;
  for (let i = 0; i < all.length; ) {
    let j = i;
    while (j < all.length && all[j]?.value === all[i]?.value) j++;
    const rank = (i + 1 + j) / 2;
    for (let k = i; k < j; k++) sum += (all[k]?.own ?? 0) * rank;
    ties += (j - i) ** 3 - (j - i);
    i = j;
  }
  const u = sum - (n * (n + 1)) / 2;
  const size = n + m;
  const variance = ((n * m) / 12) * (size + 1 - ties / (size * (size - 1)));
  if (!(variance > 0)) return 1;
  return above((u - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}

/** The share of a standard normal distribution above z (Abramowitz and Stegun 26.2.17; error below 7.5e-8). */
function above(z: number): number {
  if (z < 0) return 1 - above(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail;
}
