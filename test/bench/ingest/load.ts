import type { ChildProcess } from "node:child_process";
import { limits } from "#wire";
import type { SeriesStore } from "../../../controller/store/series/index.ts";
import { type Cleanup, type Controller, startController, temporary } from "../../system/harness.ts";
import { cpuMs } from "../process.bench.ts";
import { startCrew, startSink } from "./crew.ts";
import { fillFleet, password } from "./fleet.ts";
import { fieldsPerPoint, writesOf } from "./points.ts";

export interface LoadResult {
  connections: number;
  pointsPerMessage: number;
  /** Stored and said so: `delivered` reached the device. */
  pointsPerSecond: number;
  fieldsPerSecond: number;
  deliveredMs: { p50: number; p99: number };
  /** Processor time of the controller. */
  cpuMsPerMessage: number;
  /** The store written to directly, the publishers sending as much to a sink. */
  ceilingPointsPerSecond: number;
  ratio: number;
  /** Controller's and InfluxDB's, of one core. */
  controllerCpu: number;
  storeCpu: number | null;
}

export interface Bench {
  /** The same kind of store as the controller's, empty. */
  open(): SeriesStore;
  env: Record<string, string>;
  /** The process of the store, where it is one. */
  storePid: () => number | null;
  writersAtOnce: number;
}

const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const dayMs = 86_400_000;
const warmUpMs = 5_000;
const pathMs = 4_000;
const ceilingMs = 3_000;
/** Of a fleet: as much as all its agents together would have on the way, within what the queue holds. */
const messagesUnderWay = 8_000;

export async function startFleet(cleanup: Cleanup, env: Record<string, string>, devices: number): Promise<Controller> {
  const dataDir = temporary(cleanup, "bench");
  await fillFleet(dataDir, devices);
  return startController(cleanup, { LAMPLIGHTER_LOG_LEVEL: "error", ...env }, dataDir);
}

/** One device alone is faster with a full window than the broker lets anybody be (1,000 packets a second). */
const underWayAlone = 40;

/** Windows as agents have them: bytes, and at least one batch. */
export function batchesOf(connections: number, points: number): number {
  const window = Math.floor(limits.windowBytes / (170 + points * 330));
  const most = connections === 1 ? underWayAlone : Math.floor(messagesUnderWay / connections);
  return Math.max(1, Math.min(window, most));
}

/** What comes through from devices to the store, beside what the store takes when it is written to directly. */
export async function measureLoad(
  cleanup: Cleanup,
  bench: Bench,
  controller: Controller,
  load: { connections: number; points: number },
): Promise<LoadResult> {
  const { connections, points } = load;
  const crew = startCrew(cleanup);
  const join = { do: "join", first: 0, count: connections, password } as const;
  const firstAt = Math.floor(Date.now() - dayMs + offsetOf(load));
  await crew.ask({ ...join, target: { kind: "tcp", port: controller.ports.mqtt }, firstAt });
  await crew.ask({ do: "full", points, batches: batchesOf(connections, points) });
  await pass(warmUpMs);
  await crew.ask({ do: "take" });
  const cpuBefore = cpuMs(controller.child);
  const storeBefore = cpuOf(bench.storePid());
  const began = performance.now();
  await pass(pathMs);
  const said = await crew.ask({ do: "take" });
  const elapsed = (performance.now() - began) / 1_000;
  const cpu = cpuMs(controller.child) - cpuBefore;
  const storeCpu = cpuOf(bench.storePid()) - storeBefore;
  await crew.ask({ do: "stop" });
  await pass(1_000);
  await crew.ask({ do: "leave" });

  const messagesPerSecond = said.messages / elapsed;
  const port = await startSink(cleanup);
  await crew.ask({ ...join, target: { kind: "sink", port }, firstAt });
  await crew.ask({ do: "paced", points, messagesPerSecond });
  const ceiling = await writeDirectly(bench, load);
  crew.end();
  const pointsPerSecond = Math.round(said.points / elapsed);
  return {
    connections,
    pointsPerMessage: points,
    pointsPerSecond,
    fieldsPerSecond: pointsPerSecond * fieldsPerPoint,
    deliveredMs: { p50: said.p50, p99: said.p99 },
    cpuMsPerMessage: cpu / Math.max(1, said.messages),
    ceilingPointsPerSecond: ceiling,
    ratio: pointsPerSecond / ceiling,
    controllerCpu: cpu / elapsed / 1_000,
    storeCpu: bench.storePid() === null ? null : storeCpu / elapsed / 1_000,
  };
}

/** Every load writes to a time of its own: what is there already would be written over. */
const offsetOf = ({ connections, points }: { connections: number; points: number }): number =>
  (Math.log10(connections) * 2 + (points > 1 ? 1 : 0)) * 3_000_000;

async function writeDirectly(bench: Bench, load: { connections: number; points: number }): Promise<number> {
  const store = bench.open();
  await store.start();
  const firstAt = Date.now() - dayMs;
  const writes = writesOf({ devices: load.connections, points: load.points, firstAt, pointsPerWrite: 5_000 });
  let points = 0;
  const until = async (ms: number): Promise<number> => {
    points = 0;
    const began = performance.now();
    const writer = async () => {
      while (performance.now() - began < ms) {
        const batch = writes.next().value;
        const outcomes = await store.write(batch);
        points += outcomes.filter((outcome) => outcome.ok).length;
      }
    };
    await Promise.all(Array.from({ length: bench.writersAtOnce }, writer));
    return points / ((performance.now() - began) / 1_000);
  };
  await until(1_000);
  const perSecond = await until(ceilingMs);
  await store.stop();
  return Math.round(perSecond);
}

const cpuOf = (pid: number | null): number => (pid === null ? 0 : cpuMs({ pid } as ChildProcess));

export interface LongResult {
  seconds: number;
  firstPointsPerSecond: number;
  lastPointsPerSecond: number;
}

const sixthMs = 4_000;

/** The same load for a while: the last sixth of it beside the first. */
export async function measureLong(cleanup: Cleanup, controller: Controller): Promise<LongResult> {
  const crew = startCrew(cleanup);
  const [connections, points] = [100, 10];
  const target = { kind: "tcp", port: controller.ports.mqtt } as const;
  await crew.ask({ do: "join", first: 0, count: connections, password, target, firstAt: Date.now() - 3 * dayMs });
  await crew.ask({ do: "full", points, batches: batchesOf(connections, points) });
  await pass(warmUpMs);
  const sixths: number[] = [];
  for (let n = 0; n < 6; n++) {
    await crew.ask({ do: "take" });
    const began = performance.now();
    await pass(sixthMs);
    const said = await crew.ask({ do: "take" });
    sixths.push(Math.round(said.points / ((performance.now() - began) / 1_000)));
  }
  await crew.ask({ do: "leave" });
  crew.end();
  return { seconds: (6 * sixthMs) / 1_000, firstPointsPerSecond: sixths[0] ?? 0, lastPointsPerSecond: sixths[5] ?? 0 };
}
