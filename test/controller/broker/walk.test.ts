import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWalk } from "../../../controller/broker/walk.ts";

const limits = { firstPacketBytes: 4096, packetBytes: 70_000 };

/** A packet with this body, as MQTT 3.1.1 §2.2 frames it. */
function packet(body: number): Buffer {
  const length: number[] = [];
  let rest = body;
  do {
    length.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from([0x30, ...length]), Buffer.alloc(body, 0xff)]);
}

function cut(bytes: Buffer, sizes: number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...chunks, bytes.subarray(at)];
}

describe("walking MQTT's fixed headers", () => {
  it("counts every packet, however the bytes are cut", () => {
    const first = fc.integer({ min: 0, max: limits.firstPacketBytes });
    const others = fc.array(fc.integer({ min: 0, max: limits.packetBytes }), { maxLength: 5 });
    const sizes = fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 40 });
    fc.assert(
      fc.property(first, others, sizes, (one, more, chunks) => {
        const walk = createWalk(limits);
        const counted = cut(Buffer.concat([one, ...more].map(packet)), chunks).map(walk);
        expect(counted.every((c) => typeof c === "number")).toBe(true);
        expect(counted.reduce<number>((n, c) => n + (c as number), 0)).toBe(1 + more.length);
      }),
    );
  });

  it("breaks on the byte that makes a length too long, before the body", () => {
    const walk = createWalk(limits);
    const header = packet(limits.firstPacketBytes + 1).subarray(0, 3);
    expect([...header].map((byte) => walk(Buffer.from([byte])))).toEqual([1, 0, "first-packet-too-long"]);
    const later = createWalk(limits);
    later(packet(10));
    expect(later(packet(limits.packetBytes + 1).subarray(0, 4))).toBe("packet-too-long");
  });

  it("refuses a length of more than four groups", () => {
    const walk = createWalk({ firstPacketBytes: 2 ** 30, packetBytes: 2 ** 30 });
    expect(walk(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x80]))).toBe("bad-length");
  });
});
