/** Sequences from … to, both included; sorted, apart from each other. */
export type Range = readonly [from: number, to: number];

export function withRange(ranges: readonly Range[], from: number, to: number): Range[] {
  if (to < from) return [...ranges];
  const before = ranges.filter((r) => r[1] < from - 1);
  const after = ranges.filter((r) => r[0] > to + 1);
  const touching = ranges.slice(before.length, ranges.length - after.length);
  const first = Math.min(from, touching[0]?.[0] ?? from);
  const last = Math.max(to, touching.at(-1)?.[1] ?? to);
  return [...before, [first, last], ...after];
}

/** Ascending numbers as ranges. */
export function rangesOf(numbers: Iterable<number>): Range[] {
  const ranges: [number, number][] = [];
  for (const n of numbers) {
    const open = ranges.at(-1);
    if (open?.[1] === n - 1) open[1] = n;
    else ranges.push([n, n]);
  }
  return ranges;
}

export const inRanges = (ranges: readonly Range[], n: number): boolean => ranges.some(([f, t]) => f <= n && n <= t);

/** How many sequences they hold. */
export const sizeOf = (ranges: readonly Range[]): number => ranges.reduce((sum, [f, t]) => sum + t - f + 1, 0);
