import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createQueue } from "../../../controller/ingest/queue.ts";

/** @param name other bytes in a message of the same length */
const arrival = (device: string, bytes = 10, name = 0) => {
  const payload = new Uint8Array(bytes);
  new DataView(payload.buffer).setUint32(0, name);
  return { device, suffix: "telemetry" as const, payload, receivedAt: 0 };
};

describe("the ingest queue", () => {
  it("forgets beyond each of its bounds", () => {
    const queue = createQueue({ messages: 3, bytes: 100, bytesPerDevice: 50, messagesPerDevice: 9 });
    expect(queue.push(arrival("a", 40))).toBe(true);
    expect(queue.push(arrival("a", 20))).toBe(false);
    expect(queue.push(arrival("b", 50))).toBe(true);
    expect(queue.push(arrival("c", 20))).toBe(false);
    expect(queue.push(arrival("c", 10))).toBe(true);
    expect(queue.push(arrival("d", 4))).toBe(false);
    expect(queue.size()).toEqual({ messages: 3, bytes: 100 });
  });

  it("bounds the messages of one device, however small", () => {
    const queue = createQueue({ messages: 100, bytes: 1_000, bytesPerDevice: 500, messagesPerDevice: 3 });
    const taken = [1, 2, 3, 4].map((name) => queue.push(arrival("flood", 4, name)));
    expect(taken).toEqual([true, true, true, false]);
    expect(queue.push(arrival("honest"))).toBe(true);
  });

  it("keeps once what a device sends again while it waits", () => {
    const queue = createQueue({ messages: 100, bytes: 1_000, bytesPerDevice: 500, messagesPerDevice: 3 });
    for (let i = 0; i < 9; i++) expect(queue.push(arrival("a", 10, i % 2))).toBe(true);
    expect(queue.push(arrival("b", 10))).toBe(true);
    expect(queue.size()).toEqual({ messages: 3, bytes: 30 });
  });

  it("serves devices in turn: a flood doesn't hold up its neighbours", () => {
    const queue = createQueue({ messages: 1000, bytes: 100_000, bytesPerDevice: 100_000, messagesPerDevice: 1000 });
    for (let i = 0; i < 500; i++) queue.push(arrival("flood", 10, i));
    queue.push(arrival("honest"));
    expect(queue.take(10).map((a) => a.device)).toContain("honest");
  });

  it("gives everything back once, each device in its own order, and counts right", () => {
    const step = fc.oneof(
      fc.record({ device: fc.constantFrom("a", "b", "c"), bytes: fc.integer({ min: 4, max: 30 }) }),
      fc.integer({ min: 1, max: 7 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = createQueue({ messages: 20, bytes: 200, bytesPerDevice: 100, messagesPerDevice: 9 });
        const pushed: unknown[] = [];
        const taken: { device: string; payload: Uint8Array }[] = [];
        for (const [name, s] of steps.entries()) {
          if (typeof s === "number") taken.push(...queue.take(s, 2));
          else {
            const one = arrival(s.device, s.bytes, name);
            if (queue.push(one)) pushed.push(one);
          }
        }
        while (queue.size().messages > 0) taken.push(...queue.take(5, 2));
        expect(queue.size()).toEqual({ messages: 0, bytes: 0 });
        for (const device of ["a", "b", "c"]) {
          const own = (list: unknown[]) => (list as { device: string }[]).filter((x) => x.device === device);
          expect(own(taken)).toEqual(own(pushed));
        }
      }),
    );
  });
});
