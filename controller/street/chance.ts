/** Chance that can be repeated: the same seed and words give the same number in [0, 1), in every run and order. FNV-1a
 *  over the words, then a finish that spreads neighbouring ones (murmur3's). */
export function chance(seed: number, ...words: readonly (string | number)[]): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const word of words) {
    const text = String(word);
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0x2f, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A number in [0, 1] that wanders: a new aim every `everyMs`, gently in between. */
export function wander(seed: number, what: string, at: number, everyMs: number): number {
  const step = Math.floor(at / everyMs);
  const part = at / everyMs - step;
  const from = chance(seed, what, step);
  const gently = part * part * (3 - 2 * part);
  return from + (chance(seed, what, step + 1) - from) * gently;
}
