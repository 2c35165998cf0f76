/** The known name with the fewest letters to change; for "did you mean". */
export function nearest(name: string, known: readonly string[]): string {
  const wanted = name.slice(0, 100).toLowerCase();
  const ranked = known.map((one) => ({ one, changes: distance(wanted, one.toLowerCase()) }));
  return ranked.reduce((best, next) => (next.changes < best.changes ? next : best)).one;
}

/** Levenshtein, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
