import fc from "fast-check";

/** Any character of Unicode, as a `unit` of `fc.string`. The library's own "binary" is the same and takes a second of each
 *  process to make its tables. */
export const codePoint = fc
  .oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0x10_ffff }))
  .map((code) => String.fromCodePoint(code >= 0xd800 && code < 0xe000 ? code - 0xd800 : code));
