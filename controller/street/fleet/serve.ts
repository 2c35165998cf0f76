import { performance } from "node:perf_hooks";
import type { MessagePort } from "node:worker_threads";
import { createLinuxHost, type Log, type Time } from "../../../edge-agent/index.ts";
import { sampleWeeks } from "../host/index.ts";
import type { FleetStart, FromThread, ToThread, WeeksOrder } from "./calls.ts";
import { createStreetDevice } from "./device.ts";

const tickMs = 500;
const statusMs = 1_000;
const footprintMs = 5_000;
/** Devices that are stopped at the same time. */
const stopAtOnce = 50;

/** One thread of the street: its share of devices, until it is told to stop. Resolves when all have stopped. */
export async function serveFleet(port: Pick<MessagePort, "on" | "postMessage">, start: FleetStart): Promise<void> {
  const machine = createLinuxHost();
  const { time } = machine;
  let { faults } = start;
  let stopping = false;
  let wake: () => void = () => {};
  const say = (message: FromThread): void => port.postMessage(message);
  const footprint = shareOf(start.devices.length, time);
  const devices = start.devices.map((order) =>
    createStreetDevice({
      order,
      fleet: start,
      machine,
      faults: () => faults,
      footprint,
      log: logOf(order.device.key, say),
    }),
  );
  const tell = (): void => say({ kind: "status", devices: devices.map((device) => device.status()) });
  port.on("message", (message: ToThread) => {
    if (message.kind === "weeks") {
      sayWeeks(message);
      return;
    }
    if (message.kind === "faults") faults = message.faults;
    else {
      // How it was, before it ends.
      if (!stopping) tell();
      stopping = true;
    }
    wake();
  });
  function sayWeeks({ key, from, to }: WeeksOrder): void {
    const order = start.devices.find(({ device }) => device.key === key);
    const sampled = order ? sampleWeeks(order.device, from, to) : [];
    port.postMessage(
      { kind: "weeks", key, sampled } satisfies FromThread,
      sampled.map(({ rows }) => rows.buffer as ArrayBuffer),
    );
  }
  const pause = (ms: number): Promise<void> =>
    new Promise((done) => {
      const cancel = time.after(ms, done);
      wake = () => {
        cancel();
        done();
      };
    });
  const ready: typeof devices = [];

  async function run(): Promise<void> {
    while (!stopping) {
      for (const device of ready) await device.tick();
      await pause(tickMs);
    }
  }
  async function prepare(): Promise<void> {
    for (const device of devices) {
      if (stopping) return;
      await device.prepare();
      ready.push(device);
      wake();
    }
  }
  async function report(): Promise<void> {
    while (!stopping) {
      tell();
      await new Promise<void>((done) => time.after(statusMs, done));
    }
  }
  const reporting = report();
  await Promise.all([prepare(), run()]);
  for (let i = 0; i < devices.length; i += stopAtOnce)
    await Promise.all(devices.slice(i, i + stopAtOnce).map((device) => device.stop()));
  await reporting;
}

/** A process cannot say what one agent of many costs: each gets an even share of what its thread does and keeps. */
function shareOf(agents: number, time: Time): () => { residentBytes: number; cpuMs: number } {
  let known = { residentBytes: 0, cpuMs: 0 };
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    // Looking costs a quarter of a millisecond: too much for each of thousands of rounds of a past.
    if (time.monotonic() - lookedAt < footprintMs) return known;
    lookedAt = time.monotonic();
    const { heapTotal, external } = process.memoryUsage();
    const { active } = performance.eventLoopUtilization();
    known = { residentBytes: Math.round((heapTotal + external) / agents), cpuMs: active / agents };
    return known;
  };
}

const logOf = (key: string, say: (message: FromThread) => void): Log => ({
  info: () => {},
  warn: (line) => say({ kind: "log", level: "warn", line: `${key}: ${line}` }),
  error: (line) => say({ kind: "log", level: "error", line: `${key}: ${line}` }),
});
