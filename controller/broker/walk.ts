/** Why a connection was cut before its bytes reached the broker. */
export type Breach = "first-packet-too-long" | "packet-too-long" | "bad-length" | "too-many-packets";

export interface WalkLimits {
  firstPacketBytes: number;
  packetBytes: number;
}

/** Follows MQTT's fixed headers (MQTT 3.1.1 §2.2) through a byte stream, without copying: type, length in up to four
 *  7-bit groups, body skipped. `packetBytes` bounds the body. Answers the breach in the chunk, or how many packets
 *  began in it. */
export function createWalk(limits: WalkLimits): (chunk: Uint8Array) => Breach | number {
  let first = true;
  let skip = 0;
  let groups = -1;
  let length = 0;

  return (chunk) => {
    let began = 0;
    let at = 0;
    while (at < chunk.length) {
      if (skip > 0) {
        const step = Math.min(skip, chunk.length - at);
        skip -= step;
        at += step;
        continue;
      }
      const byte = chunk[at++] as number;
      if (groups < 0) {
        began++;
        groups = 0;
        length = 0;
        continue;
      }
      if (groups === 4) return "bad-length";
      length += (byte & 0x7f) * 128 ** groups++;
      const limit = first ? limits.firstPacketBytes : limits.packetBytes;
      if (length > limit) return first ? "first-packet-too-long" : "packet-too-long";
      if ((byte & 0x80) === 0) {
        skip = length;
        groups = -1;
        first = false;
      } else if (groups === 4) return "bad-length";
    }
    return began;
  };
}
