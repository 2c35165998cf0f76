import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode, type MessageOf } from "#wire";
import { headOf, isLive, liveWithinMs, peekedBytes } from "../../../controller/ingest/lane.ts";
import { type Arrival, backlogShare, createQueue } from "../../../controller/ingest/queue.ts";

/** @param name other bytes in a message of the same length */
const arrival = (device: string, bytes = 10, name = 0) => {
  const payload = new Uint8Array(bytes);
  new DataView(payload.buffer).setUint32(0, name);
  return { device, suffix: "telemetry" as const, payload, receivedAt: 0 };
};

type Head = Omit<MessageOf<"telemetry">, "points">;
const roomy = { messages: 1_000, bytes: 100_000, bytesPerDevice: 100_000, messagesPerDevice: 1_000 };

/** Made so long before it came. */
function made(device: string, agoMs: number, name: number, bytes = 50): Arrival {
  const receivedAt = 1_800_000_000_000;
  const text = `{"seq":${name},"at":${receivedAt - agoMs},"x":"`.padEnd(bytes, "x");
  return { device, suffix: "telemetry", payload: Buffer.from(text), receivedAt };
}

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

  it("gives back what is live before what is not, devices in turn in both, and a quarter of backlog", () => {
    const queue = createQueue(roomy);
    for (let i = 0; i < 100; i++) queue.push(made("old", 3_600_000, i));
    for (const device of ["a", "b", "c"]) for (let i = 0; i < 20; i++) queue.push(made(device, 1_000, i));
    const taken = queue.take(40);
    expect(taken.slice(0, 24).map(({ device }) => device)).toEqual([..."abc"].flatMap((d) => Array(8).fill(d)));
    expect(taken.filter(({ device }) => device === "old")).toHaveLength(8);
    const all = [...taken, ...queue.take(64), ...queue.take(64)];
    expect(all.filter(({ device }) => device !== "old")).toHaveLength(60);
    expect(backlogShare).toBe(0.25);
  });

  it("owes the backlog its share also where little is taken at once, and no more than that", () => {
    const queue = createQueue(roomy);
    for (let i = 0; i < 100; i++) queue.push(made("old", 3_600_000, i));
    for (let i = 0; i < 100; i++) queue.push(made("new", 0, i));
    const devices = Array.from({ length: 40 }, () => queue.take(1)[0]?.device);
    expect(devices.filter((device) => device === "old")).toHaveLength(10);
    expect(devices[0]).toBe("new");
  });

  it("gives everything back once, each lane of a device in its own order, live before backlog, within its bounds", () => {
    const step = fc.oneof(
      fc.record({ device: fc.constantFrom("a", "b", "c"), bytes: fc.integer({ min: 40, max: 90 }), old: fc.boolean() }),
      fc.integer({ min: 1, max: 7 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const limits = { messages: 20, bytes: 900, bytesPerDevice: 400, messagesPerDevice: 9 };
        const queue = createQueue(limits);
        const pushed: Arrival[] = [];
        const taken: Arrival[] = [];
        const waits = (device?: string) =>
          pushed.filter((one) => !taken.includes(one) && (device === undefined || one.device === device));
        const bytesOf = (some: Arrival[]) => some.reduce((n, { payload }) => n + payload.byteLength, 0);
        const check = () => {
          expect(queue.size()).toEqual({ messages: waits().length, bytes: bytesOf(waits()) });
          expect(waits().length).toBeLessThanOrEqual(limits.messages);
          expect(bytesOf(waits())).toBeLessThanOrEqual(limits.bytes);
          for (const device of ["a", "b", "c"]) {
            expect(waits(device).length).toBeLessThanOrEqual(limits.messagesPerDevice);
            expect(bytesOf(waits(device))).toBeLessThanOrEqual(limits.bytesPerDevice);
          }
        };
        const take = (most: number) => {
          const some = queue.take(most, 2);
          expect(some.length > 0).toBe(waits().length > 0);
          taken.push(...some);
        };
        for (const [name, s] of steps.entries()) {
          if (typeof s === "number") take(s);
          else {
            const one = made(s.device, s.old ? 3_600_000 : 0, name, s.bytes);
            if (queue.push(one)) pushed.push(one);
          }
          check();
        }
        while (!queue.isEmpty()) take(5);
        check();
        for (const device of ["a", "b", "c"]) {
          for (const live of [true, false]) {
            const own = (list: Arrival[]) => list.filter((x) => x.device === device && isLive(x, headOf(x)) === live);
            expect(own(taken)).toEqual(own(pushed));
          }
        }
      }),
    );
  });
});

describe("whether a message is live", () => {
  const now = 1_800_000_000_000;
  const of = (payload: Uint8Array) => ({ device: "a", suffix: "telemetry" as const, payload, receivedAt: now });
  const live = (payload: Uint8Array) => isLive(of(payload), headOf(of(payload)));
  const telemetry = (at: number, clock: "synced" | "corrected" | "unknown" = "synced") => {
    const head = {
      v: 1,
      boot: "a".repeat(20),
      session: 2 ** 52,
      seq: 2 ** 52,
      at,
      upMs: 2 ** 52,
      clock,
      total: 2 ** 40,
    };
    return Buffer.from(encode("telemetry", { ...(head as Head), points: [{ m: "system", at: now, f: { load1: 1 } }] }));
  };

  it("is seen from the beginning of what the agent's own encoder writes, whatever its numbers", () => {
    expect(live(telemetry(now))).toBe(true);
    expect(live(telemetry(now - liveWithinMs))).toBe(true);
    expect(live(telemetry(now - liveWithinMs - 1, "corrected"))).toBe(false);
    expect(live(telemetry(now + liveWithinMs + 1))).toBe(false);
    expect(telemetry(now).indexOf('"total":')).toBeLessThan(peekedBytes);
    const head = { v: 1, boot: "a".repeat(20), session: 1, seq: 1, at: now, upMs: 1, clock: "synced", total: 1 };
    const event = { ...(head as Head), kind: "tail-lost", severity: "info" as const, detail: { at: 1 } };
    expect(live(Buffer.from(encode("event", event)))).toBe(true);
  });

  it("is not said of what doesn't know the time, or doesn't tell", () => {
    expect(live(telemetry(now, "unknown"))).toBe(false);
    for (const text of [
      "",
      "{}",
      '{"v":1,"points":[]}',
      `{"at":"${now}"}`,
      `{"at":${now}`,
      `{"at":1${"0".repeat(300)},`,
    ])
      expect(live(Buffer.from(text))).toBe(false);
    // A message is looked at as it lies in a larger buffer.
    const within = Buffer.concat([Buffer.from("x".repeat(99)), telemetry(now)]);
    expect(live(new Uint8Array(within.buffer, within.byteOffset + 99, within.length - 99))).toBe(true);
  });
});
