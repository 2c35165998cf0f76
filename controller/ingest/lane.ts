import type { Arrival } from "./queue.ts";

/** What was measured so long before it came is still live: what happens now, as the device's clock has it. */
export const liveWithinMs = 60_000;
/** The envelope comes first, whoever wrote it by the wire's schema: time and clock stand within the first 170 bytes. */
export const peekedBytes = 192;

const key = '"at":';
const mostDigits = 16;

/** The beginning of a message as text, one character a byte. */
export const headOf = ({ payload }: Arrival): string => {
  const bytes = Buffer.isBuffer(payload)
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return bytes.toString("latin1", 0, peekedBytes);
};

/** By a look at its beginning, not by reading it. Backlog are also messages that don't say when they were made: no agent
 *  leaves that out, and what is broken must not go before what is whole. And those of a boot that never learnt the time:
 *  an agent holds them back while it may still learn it, so they are of an earlier boot.
 *  @param head of the message */
export function isLive({ receivedAt }: Arrival, head: string): boolean {
  const from = head.indexOf(key) + key.length;
  const to = head.indexOf(",", from);
  if (from < key.length || to <= from || to > from + mostDigits) return false;
  // What is no number is near to nothing.
  return Math.abs(receivedAt - Number(head.slice(from, to))) <= liveWithinMs && !head.includes('"clock":"unknown"');
}
