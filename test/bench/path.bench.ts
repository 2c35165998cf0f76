import type { MqttClient } from "mqtt";
import { type Delivered, limits, topicOf } from "#wire";
import { type HandMade, handMade } from "../system/device.ts";
import type { Controller } from "../system/harness.ts";
import { fieldsOf } from "./store.bench.ts";

export interface PathResult {
  devices: number;
  pointsPerBatch: number;
  /** Stored and said so: `delivered` reached the device. */
  pointsPerSecond: number;
  /** From publishing a batch to its `delivered`. */
  deliveredMs: { p50: number; p99: number };
}

/** Dense enough that the made-up time covers as few partitions as the ceiling's does. */
const everyMs = 500;
const warmUpMs = 2_000;

export const joinDevices = (controller: Controller, count: number): Promise<Player[]> =>
  Promise.all(Array.from({ length: count }, async () => createPlayer(await handMade(controller))));

/** All devices send as fast as their windows allow, as agents do with a backlog. */
export async function pathCeiling(
  players: readonly Player[],
  needs: { pointsPerBatch: number; seconds: number },
): Promise<PathResult> {
  const { pointsPerBatch, seconds } = needs;
  for (const player of players) player.start({ pointsPerBatch, windowBytes: limits.windowBytes });
  await pass(warmUpMs);
  for (const player of players) player.take();
  const began = performance.now();
  await pass(seconds * 1_000);
  const elapsed = (performance.now() - began) / 1_000;
  const taken = players.map((player) => player.take());
  await Promise.all(players.map((player) => player.stop()));
  const points = taken.reduce((sum, one) => sum + one.points, 0);
  return {
    devices: players.length,
    pointsPerBatch,
    pointsPerSecond: Math.round(points / elapsed),
    deliveredMs: quantiles(taken.flatMap((one) => one.waitsMs)),
  };
}

/** Each device sends one batch a second, evenly spread: the wait of a fleet that is not at its limit. */
export async function pathAtEase(players: readonly Player[], seconds: number): Promise<PathResult> {
  const pointsPerBatch = 15;
  const began = performance.now();
  for (let n = 0; performance.now() - began < seconds * 1_000; n++) {
    players[n % players.length]?.once(pointsPerBatch);
    await pass(began + ((n + 1) * 1_000) / players.length - performance.now());
  }
  await Promise.all(players.map((player) => player.stop()));
  const taken = players.map((player) => player.take());
  const points = taken.reduce((sum, one) => sum + one.points, 0);
  return {
    devices: players.length,
    pointsPerBatch,
    pointsPerSecond: Math.round(points / ((performance.now() - began) / 1_000)),
    deliveredMs: quantiles(taken.flatMap((one) => one.waitsMs)),
  };
}

const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

function quantiles(waits: readonly number[]): { p50: number; p99: number } {
  const sorted = [...waits].sort((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}

export type Player = Awaited<ReturnType<typeof createPlayer>>;

/** A device that sends made-up points and counts what was delivered. */
async function createPlayer(device: HandMade) {
  const client: MqttClient = await device.join();
  const flights = new Map<number, { sentAt: number; bytes: number; points: number }>();
  let at = Date.now() - 86_400_000;
  let bytes = 0;
  let plan: { pointsPerBatch: number; windowBytes: number } | null = null;
  let taken = { points: 0, waitsMs: [] as number[] };
  let empty: () => void = () => {};

  function once(count: number): void {
    const points = Array.from({ length: count }, (_, i) => {
      at += everyMs;
      return { m: "system", at, f: fieldsOf(at / everyMs + i, at) };
    });
    const batch = device.batch(points);
    const text = JSON.stringify(batch);
    flights.set(batch.seq, { sentAt: performance.now(), bytes: text.length, points: count });
    bytes += text.length;
    client.publish(topicOf(device.device, "telemetry"), text, { qos: 1 });
  }

  function fill(): void {
    while (plan && bytes < plan.windowBytes) once(plan.pointsPerBatch);
    if (flights.size === 0) empty();
  }

  client.on("message", (topic, payload) => {
    if (!topic.endsWith("/delivered")) return;
    const now = performance.now();
    for (const { from, to } of (JSON.parse(payload.toString()) as Delivered).ranges) {
      for (let seq = from; seq <= to; seq++) {
        const flight = flights.get(seq);
        if (!flight) continue;
        flights.delete(seq);
        bytes -= flight.bytes;
        taken.points += flight.points;
        taken.waitsMs.push(now - flight.sentAt);
      }
    }
    fill();
  });
  client.publish(topicOf(device.device, "presence"), JSON.stringify(device.birth()), { qos: 1, retain: true });

  return {
    once,
    start(next: NonNullable<typeof plan>): void {
      plan = next;
      fill();
    },
    /** What was delivered since the last call. */
    take() {
      const result = taken;
      taken = { points: 0, waitsMs: [] };
      return result;
    },
    /** Sends nothing more; resolves when all is delivered. */
    stop(): Promise<void> {
      plan = null;
      return flights.size === 0 ? Promise.resolve() : new Promise((done) => (empty = done));
    },
    leave: (): Promise<void> => client.endAsync(true),
  };
}
