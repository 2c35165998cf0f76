/** Sequences from `from` to `to`, both included. Lists of them are in order and without overlap. */
export interface Range {
  from: number;
  to: number;
}

/** What of [from, to] is in none of `ranges`. */
export const complement = (ranges: readonly Range[], from: number, to: number): Range[] =>
  from <= to ? subtract([{ from, to }], ranges) : [];

/** What of `pieces` is in none of `ranges`. One pass over both. */
export function subtract(pieces: readonly Range[], ranges: readonly Range[]): Range[] {
  const left: Range[] = [];
  let next = 0;
  for (const piece of pieces) {
    let from = piece.from;
    while (next < ranges.length && (ranges[next] as Range).to < from) next++;
    for (let at = next; at < ranges.length; at++) {
      const range = ranges[at] as Range;
      if (range.from > piece.to) break;
      if (range.from > from) left.push({ from, to: range.from - 1 });
      from = Math.max(from, range.to + 1);
      if (range.to <= piece.to) next = at + 1;
    }
    if (from <= piece.to) left.push({ from, to: piece.to });
  }
  return left;
}

/** What is in both. One pass. */
export function intersect(pieces: readonly Range[], ranges: readonly Range[]): Range[] {
  const both: Range[] = [];
  let a = 0;
  let b = 0;
  while (a < pieces.length && b < ranges.length) {
    const piece = pieces[a] as Range;
    const range = ranges[b] as Range;
    const from = Math.max(piece.from, range.from);
    const to = Math.min(piece.to, range.to);
    if (from <= to) both.push({ from, to });
    if (piece.to < range.to) a++;
    else b++;
  }
  return both;
}

/** [3,1,2,7,7] → 1-3, 7-7 */
export function rangesOf(sequences: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (const seq of [...sequences].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && seq <= last.to + 1) last.to = Math.max(last.to, seq);
    else ranges.push({ from: seq, to: seq });
  }
  return ranges;
}
