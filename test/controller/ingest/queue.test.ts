import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createQueue } from "../../../controller/ingest/queue.ts";

const arrival = (device: string, bytes = 10) => ({
  device,
  suffix: "telemetry" as const,
  payload: new Uint8Array(bytes),
  receivedAt: 0,
});

describe("the ingest queue", () => {
  it("forgets beyond each of its bounds", () => {
    const queue = createQueue({ messages: 3, bytes: 100, bytesPerDevice: 50 });
    expect(queue.push(arrival("a", 40))).toBe(true);
    expect(queue.push(arrival("a", 20))).toBe(false);
    expect(queue.push(arrival("b", 50))).toBe(true);
    expect(queue.push(arrival("c", 20))).toBe(false);
    expect(queue.push(arrival("c", 10))).toBe(true);
    expect(queue.push(arrival("d", 0))).toBe(false);
    expect(queue.size()).toEqual({ messages: 3, bytes: 100 });
  });

  it("serves devices in turn: a flood doesn't hold up its neighbours", () => {
    const queue = createQueue({ messages: 1000, bytes: 100_000, bytesPerDevice: 100_000 });
    for (let i = 0; i < 500; i++) queue.push(arrival("flood"));
    queue.push(arrival("honest"));
    expect(queue.take(10).map((a) => a.device)).toContain("honest");
  });

  it("gives everything back once, each device in its own order, and counts right", () => {
    const step = fc.oneof(
      fc.record({ device: fc.constantFrom("a", "b", "c"), bytes: fc.integer({ min: 0, max: 30 }) }),
      fc.integer({ min: 1, max: 7 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = createQueue({ messages: 20, bytes: 200, bytesPerDevice: 100 });
        const pushed: unknown[] = [];
        const taken: { device: string; payload: Uint8Array }[] = [];
        for (const s of steps) {
          if (typeof s === "number") taken.push(...queue.take(s, 2));
          else {
            const one = arrival(s.device, s.bytes);
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
