import { join } from "node:path";
import { systemClock } from "../../../controller/base/clock.ts";
import { createLog } from "../../../controller/base/log.ts";
import { createRollupMarks } from "../../../controller/rollup/index.ts";
import { openRecords } from "../../../controller/store/records/index.ts";
import type { SeriesStore } from "../../../controller/store/series/index.ts";
import { type Cleanup, type Controller, createCleanup, startController, temporary } from "../../system/harness.ts";
import { cpuMs, residentBytes } from "../process.bench.ts";
import { startCrew } from "./crew.ts";
import { fieldsOf } from "./fields.ts";
import { fillFleet, password } from "./fleet.ts";
import { deviceOf } from "./points.ts";
import { measureBesideQuestion, type WaitsMs } from "./question.ts";

/** The same load on something small and on something large. */
export interface GrowthResult {
  what: string;
  /** Processor time of the controller, store of its own included. */
  cpuUsPerPoint: number;
  deliveredMs: { p50: number; p99: number };
  residentBytes: number;
}

export interface AgeResult {
  results: GrowthResult[];
  points: number;
  /** Writes to the full store: nobody asks · somebody asks for a million points again and again. */
  writes: { alone: WaitsMs; asked: WaitsMs; questions: number; questionMs: number };
}

/** A store, where a controller with this environment will look for it. */
export interface Place {
  env: Record<string, string>;
  open(dataDir: string): SeriesStore;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const load = { points: 10, messagesPerSecond: 1_500 };
const warmUpMs = 3_000;
const measuredMs = 5_000;
const crowd = [10, 1_000, 10_000];
const perCrew = 5_000;
/** 30 days of it are two million points. */
export const aged = { devices: 250, days: 30, everyMs: 300_000 };
const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

async function start(cleanup: Cleanup, devices: number, place: Place, dataDir: string): Promise<Controller> {
  await fillFleet(dataDir, devices);
  // What was stored before there were roll-ups is not made up for while this is measured.
  const file = join(dataDir, "records.db");
  const records = await openRecords({ file, log: createLog({ level: "silent" }), clock: systemClock });
  await createRollupMarks(records.db).setBackfilled(systemClock.now());
  await records.close();
  const kept = { LAMPLIGHTER_RETENTION_RAW_DAYS: "40", LAMPLIGHTER_LOG_LEVEL: "error" };
  return startController(cleanup, { ...kept, ...place.env }, dataDir);
}

async function measure(cleanup: Cleanup, what: string, controller: Controller, devices: number): Promise<GrowthResult> {
  const target = { kind: "tcp", port: controller.ports.mqtt } as const;
  const crews: { crew: ReturnType<typeof startCrew>; share: number }[] = [];
  for (let first = 0; first < devices; first += perCrew) {
    const count = Math.min(perCrew, devices - first);
    const crew = startCrew(cleanup);
    await crew.ask({ do: "join", first, count, password, target, firstAt: Date.now() - 600_000 });
    crews.push({ crew, share: count / devices });
  }
  await pass(1_000);
  for (const { crew, share } of crews)
    await crew.ask({ do: "paced", points: load.points, messagesPerSecond: load.messagesPerSecond * share });
  await pass(warmUpMs);
  for (const { crew } of crews) await crew.ask({ do: "take" });
  const before = cpuMs(controller.child);
  await pass(measuredMs);
  const said = await Promise.all(crews.map(({ crew }) => crew.ask({ do: "take" })));
  const cpu = cpuMs(controller.child) - before;
  const bytes = residentBytes(controller.child);
  for (const { crew } of crews) crew.end();
  const points = said.reduce((sum, one) => sum + one.points, 0);
  const most = (of: "p50" | "p99"): number => Math.max(...said.map((one) => one[of]));
  return {
    what,
    cpuUsPerPoint: Math.round((10_000 * cpu) / Math.max(1, points)) / 10,
    deliveredMs: { p50: most("p50"), p99: most("p99") },
    residentBytes: bytes,
  };
}

/** The same number of messages from few devices and from many. */
export async function measureCrowds(cleanup: Cleanup, place: Place): Promise<GrowthResult[]> {
  const results: GrowthResult[] = [];
  for (const devices of crowd) {
    const here = createCleanup();
    cleanup.add(() => here.run());
    const controller = await start(here, devices, place, temporary(here, "growth"));
    results.push(await measure(here, `${devices.toLocaleString("en-GB")} devices`, controller, devices));
    await controller.end();
    await here.run();
  }
  return results;
}

/** The same load on a store that holds an hour, and on one that holds 30 days. */
export async function measureAges(cleanup: Cleanup, place: () => Promise<Place>): Promise<AgeResult> {
  const results: GrowthResult[] = [];
  let writes: AgeResult["writes"] | null = null;
  let points = 0;
  for (const [what, ageMs] of [
    ["1 hour of data", hourMs],
    [`${aged.days} days of data`, aged.days * dayMs],
  ] as const) {
    const here = createCleanup();
    cleanup.add(() => here.run());
    const there = await place();
    const dataDir = temporary(here, "growth");
    const store = there.open(dataDir);
    await store.start();
    points = await fill(store, ageMs);
    if (ageMs > dayMs) writes = await measureBesideQuestion(store, aged);
    await store.stop();
    const controller = await start(here, aged.devices, there, dataDir);
    results.push(await measure(here, what, controller, aged.devices));
    await controller.end();
    await here.run();
  }
  if (!writes) throw new Error("nothing was measured");
  return { results, points, writes };
}

async function fill(store: SeriesStore, ageMs: number): Promise<number> {
  const now = Date.now() - hourMs;
  let batch: Parameters<SeriesStore["write"]>[0][number][] = [];
  let written = 0;
  const writing: Promise<unknown>[] = [];
  for (let at = now - (now % aged.everyMs) - ageMs; at < now; at += aged.everyMs) {
    const fields = fieldsOf(at / aged.everyMs, at);
    for (let n = 0; n < aged.devices; n++) batch.push({ device: deviceOf(n), m: "system", at, tags: {}, fields });
    if (batch.length + aged.devices <= 5_000) continue;
    if (writing.length >= 4) await writing.shift();
    writing.push(store.write(batch));
    written += batch.length;
    batch = [];
  }
  await Promise.all(writing);
  if (batch.length > 0) await store.write(batch);
  return written + batch.length;
}
