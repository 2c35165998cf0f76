import { connect as connectTcp } from "node:net";
import WebSocket from "ws";
import { type Delivered, topicOf } from "#wire";
import { connectPacket, createReader, publishPacket, readPublish, subscribePacket, text } from "./packets.ts";
import { batchText, bootOf } from "./points.ts";

export interface Line {
  write(bytes: Buffer): void;
  end(): void;
}

export interface Target {
  /** tcp: to that port · wss: to /mqtt of that port · bare: to a broker that only acknowledges · sink: bytes into nothing,
   *  nobody answers */
  kind: "tcp" | "wss" | "bare" | "sink";
  port: number;
}

export function dial(target: Target, heard: (chunk: Buffer) => void): Promise<Line> {
  return new Promise((resolve, reject) => {
    if (target.kind === "wss") {
      const socket = new WebSocket(`wss://127.0.0.1:${target.port}/mqtt`, ["mqtt"], {
        rejectUnauthorized: false,
        perMessageDeflate: false,
      });
      socket.on("message", (data: Buffer) => heard(data));
      socket.once("error", reject);
      socket.once("open", () => resolve({ write: (bytes) => socket.send(bytes), end: () => socket.terminate() }));
      return;
    }
    const socket = connectTcp(target.port, "127.0.0.1");
    socket.setNoDelay(true);
    socket.on("data", heard);
    socket.once("error", reject);
    socket.once("connect", () => resolve({ write: (bytes) => void socket.write(bytes), end: () => socket.destroy() }));
  });
}

export interface Taken {
  messages: number;
  points: number;
  /** From publishing a batch to its `delivered`. */
  waitsMs: number[];
}

const packetId = (seq: number): number => (seq % 65_535) + 1;

/** A device that sends made-up points and counts what was delivered. Resolves when it is signed in. */
export async function createPlayer(needs: { device: string; password: string; target: Target; firstAt: number }) {
  const { device, target } = needs;
  const boot = bootOf(device, needs.firstAt);
  const topic = text(topicOf(device, "telemetry"));
  const flights = new Map<number, { sentAt: number; points: number }>();
  let taken: Taken = { messages: 0, points: 0, waitsMs: [] };
  let seq = 0;
  let total = 0;
  let at = needs.firstAt;
  let plan: { points: number; batches: number } | null = null;
  let signedIn: () => void = () => {};
  let refused: (error: Error) => void = () => {};

  function send(points: number): void {
    seq++;
    total += points;
    const sample = batchText({ boot, seq, total, at, points });
    at = sample.nextAt;
    flights.set(seq, { sentAt: performance.now(), points });
    line.write(publishPacket(topic, packetId(seq), sample.text));
  }

  /** Of a broker that says no more than that it has a packet. */
  function acknowledged(id: number): void {
    for (const seq of flights.keys()) {
      if (packetId(seq) !== id) continue;
      arrived([{ from: seq, to: seq }]);
      return;
    }
  }

  function arrived(ranges: readonly { from: number; to: number }[]): void {
    const now = performance.now();
    for (const { from, to } of ranges) {
      for (let one = from; one <= to; one++) {
        const flight = flights.get(one);
        if (!flight) continue;
        flights.delete(one);
        taken.messages++;
        taken.points += flight.points;
        taken.waitsMs.push(now - flight.sentAt);
      }
    }
    while (plan && flights.size < plan.batches) send(plan.points);
  }

  const line = await dial(
    target,
    createReader((type, head, body) => {
      if (type === 2) {
        if (body[1] === 0) signedIn();
        else refused(new Error(`CONNACK ${body[1]}`));
      } else if (type === 3) {
        const { topic: where, payload } = readPublish(head, body);
        if (where.endsWith("/delivered")) arrived((JSON.parse(payload) as Delivered).ranges);
      } else if (type === 4 && target.kind === "bare") {
        acknowledged(body.readUInt16BE(0));
      }
    }),
  );
  if (target.kind !== "sink") {
    const connected = new Promise<void>((done, fail) => {
      signedIn = done;
      refused = fail;
    });
    line.write(connectPacket(device, needs.password));
    await connected;
    line.write(subscribePacket(topicOf(device, "delivered")));
    const birth = {
      ...{ v: 1, online: true, boot, session: 1, at: Date.now(), upMs: 1_000, clock: "synced", agent: "0.1.0" },
      ...{ hardware: { model: "demo board", serial: device }, firmware: "demo", intervalMs: 300_000, seq, total },
      config: { revision: 0, hash: "", state: "applied" },
      unfinished: [],
      spool: { batches: 0, points: 0, bytes: 0, held: [] },
    };
    line.write(publishPacket(text(topicOf(device, "presence")), 1, JSON.stringify(birth), true));
  }

  return {
    /** As many batches under way as told, again and again. */
    start(next: NonNullable<typeof plan>): void {
      plan = next;
      while (flights.size < next.batches) send(next.points);
    },
    /** One batch, and nobody waits for its answer. */
    once(points: number): void {
      send(points);
      if (target.kind === "sink") flights.clear();
    },
    stop(): void {
      plan = null;
    },
    waiting: (): number => flights.size,
    take(): Taken {
      const result = taken;
      taken = { messages: 0, points: 0, waitsMs: [] };
      return result;
    },
    end: (): void => line.end(),
  };
}
export type Player = Awaited<ReturnType<typeof createPlayer>>;
