/** Every bound of the wire, in one place. Both sides enforce them; test/wire/codec.test.ts hits each. */
export const limits = {
  /** Longest MQTT packet; the guard in front of the broker closes the connection on more. */
  packetBytes: 256 * 1024,
  /** Longest first packet (CONNECT): nobody is trusted before it. */
  firstPacketBytes: 4 * 1024,
  /** Longest telemetry payload. The writer splits. */
  batchBytes: 64 * 1024,
  batchPoints: 500,
  /** Objects and arrays within each other, in any message. */
  jsonDepth: 32,
  /** Points, batches or bytes that a device may say it has or made. */
  count: 2 ** 40,
  /** Any string on the wire, in UTF-8 bytes. */
  stringBytes: 1024,
  tags: 8,
  fields: 64,
  nameChars: 64,
  heldRanges: 32,
  unfinishedBoots: 32,
  replacedRanges: 256,
  deliveredRanges: 512,
  deliveredResults: 64,
  droppedSequences: 4096,
  configProblems: 50,
  configDrift: 50,
  /** Files of a device in one configuration. */
  configFiles: 64,
  /** A signed body, as the text that was signed. */
  bodyBytes: 192 * 1024,
  /** Undelivered bytes an agent keeps in flight; the backlog gets at most half of it. */
  windowBytes: 64 * 1024,
  /** Series (device + measurement + tags) that one device may make. */
  seriesPerDevice: 200,
  keysInSet: 16,
} as const;

/** Length in UTF-8 bytes without making the bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
