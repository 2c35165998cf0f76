import { Worker } from "node:worker_threads";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { Sampled } from "../host/index.ts";
import type { DeviceOrder, DeviceStatus, Faults, FleetStart, FromThread, ToThread } from "./calls.ts";

export { type DeviceOrder, type DeviceStatus, type Faults, noFaults } from "./calls.ts";

export const fleetLimits = { threads: 16, devices: 5_000, stopMs: 12_000 } as const;

export interface FleetNeeds {
  workerUrl: URL;
  threads: number;
  clock: Clock;
  log: Log;
  start: Omit<FleetStart, "devices">;
  devices: readonly DeviceOrder[];
  /** Some of them have news. */
  news?: (devices: readonly DeviceStatus[]) => void;
}

/** Devices in threads: real agents on simulated hosts. Threads end with the process, whatever ends it. */
export function createFleet(needs: FleetNeeds) {
  const { clock, log } = needs;
  const statuses = new Map<string, DeviceStatus>();
  const threads = Math.max(1, Math.min(needs.threads, needs.devices.length, fleetLimits.threads));
  const shares = Array.from({ length: threads }, (_, i) => needs.devices.filter((_, j) => j % threads === i));

  /** Who waits for a past, by the device's key. */
  const waiting = new Map<string, (sampled: Sampled[] | null) => void>();
  const answer = (key: string, sampled: Sampled[] | null): void => {
    waiting.get(key)?.(sampled);
    waiting.delete(key);
  };

  const open = (devices: DeviceOrder[]) => {
    const worker = new Worker(needs.workerUrl, { workerData: { ...needs.start, devices } satisfies FleetStart });
    let over = false;
    const ended = new Promise<void>((done) =>
      worker.once("exit", () => {
        over = true;
        for (const { device } of devices) answer(device.key, null);
        done();
      }),
    );
    worker.on("error", (error) => log.error("a thread of the street failed", { error }));
    worker.on("message", (message: FromThread) => {
      if (message.kind === "log") log[message.level](message.line);
      if (message.kind === "weeks") answer(message.key, message.sampled);
      if (message.kind !== "status") return;
      for (const status of message.devices) statuses.set(status.key, status);
      needs.news?.(message.devices);
    });
    return { worker, ended, isOver: () => over };
  };
  const running = shares.map(open);
  const tell = (message: ToThread): void => {
    for (const { worker } of running) worker.postMessage(message);
  };

  return {
    statuses: (): ReadonlyMap<string, DeviceStatus> => statuses,
    setFaults: (faults: Faults): void => tell({ kind: "faults", faults }),
    /** What a device would have measured in a stretch of its past; null: its thread has ended. One at a time a device. */
    sample(key: string, from: number, to: number): Promise<Sampled[] | null> {
      const thread = running[needs.devices.findIndex(({ device }) => device.key === key) % threads];
      if (!thread || thread.isOver()) return Promise.resolve(null);
      return new Promise((done) => {
        waiting.set(key, done);
        thread.worker.postMessage({ kind: "weeks", key, from, to } satisfies ToThread);
      });
    },
    /** Every agent says goodbye; a thread that takes over 12 s is ended. */
    async stop(): Promise<void> {
      tell({ kind: "stop" });
      const all = Promise.all(running.map(({ ended }) => ended));
      const late = clock.after(fleetLimits.stopMs, () => {
        for (const { worker } of running) worker.terminate().catch(() => {});
      });
      await all;
      late();
    },
  };
}
export type Fleet = ReturnType<typeof createFleet>;
