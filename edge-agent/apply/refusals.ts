/** Distinct refusals that are told in an hour; whoever can write to our topic must not make us talk without end. */
export const mostRefusals = 8;
const forgetMs = 3_600_000;

/** What was refused is told once an hour, and no more than `mostRefusals` of them. */
export function createRefusals() {
  const toldAt = new Map<string, number>();
  return {
    /** @param now on the monotonic clock */
    worthTelling(what: string, now: number): boolean {
      for (const [known, at] of toldAt) if (now - at >= forgetMs) toldAt.delete(known);
      if (toldAt.has(what) || toldAt.size >= mostRefusals) return false;
      toldAt.set(what, now);
      return true;
    },
  };
}
