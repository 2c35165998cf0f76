/** Bounds of a document; test/firmware-configs/limits.test.ts hits each. */
export const documentLimits = {
  /** Objects and lists within each other. */
  depth: 16,
  /** Of one list. */
  items: 256,
  /** Keys of one object. */
  keys: 256,
  /** Any value but a file's contents. */
  valueChars: 4096,
  fileChars: 64 * 1024,
  keyChars: 64,
  interfaces: 64,
  radios: 8,
  addresses: 32,
} as const;
