const wrap = 2 ** 32;

/** One counter across the wraps of a 32-bit kernel: what was added for them. */
export interface Counter {
  raw: number;
  added: number;
}

/** The next reading of a counter. A 32-bit one that falls from near its end, and can have come that far in the time, has
 *  wrapped: the value goes on rising. Any other fall is a restart (DESIGN §4, catalogue), and is passed on as one.
 *  @param before undefined at the first reading
 *  @param raw as the kernel says it
 *  @param mostSince that can have been counted since the reading before, by the fastest link there is */
export function nextCounter(before: Counter | undefined, raw: number, mostSince: number): Counter {
  if (!before) return { raw, added: 0 };
  if (raw >= before.raw) return { raw, added: before.added };
  const wrapped = before.raw < wrap && raw + wrap - before.raw <= Math.min(mostSince, wrap / 2);
  return { raw, added: wrapped ? before.added + wrap : 0 };
}

export const counted = ({ raw, added }: Counter): number => raw + added;
