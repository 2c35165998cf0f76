import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { systemClock } from "../../controller/base/clock.ts";
import { createLog } from "../../controller/base/log.ts";
import { createEmbeddedSeries, createInfluxSeries, type SeriesStore } from "../../controller/store/series/index.ts";
import { startInflux } from "../servers/influx.ts";
import { type Cleanup, createCleanup, dist, startController, temporary } from "../system/harness.ts";
import { alertStorm } from "./alerts.bench.ts";
import { demoTimes } from "./demo.bench.ts";
import { joinDevices, pathAtEase, pathCeiling } from "./path.bench.ts";
import { agentFootprint, startTimes } from "./process.bench.ts";
import { renderReport, type StoreResult } from "./report.ts";
import { screens } from "./screens.bench.ts";
import { storeCeiling } from "./store.bench.ts";

type Path = Omit<StoreResult, "kind" | "ceilings">;
const devices = 50;
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const log = createLog({ level: "error" });
const retentionMs = 14 * 86_400_000;

/** The ceiling before and after the path: on a machine that others use too, it moves. */
async function beside(open: (n: number) => SeriesStore, path: () => Promise<Path>): Promise<StoreResult> {
  const ceiling = async (n: number) => {
    const store = open(n);
    await store.start();
    const measured = await storeCeiling({ store, seconds: 5 });
    await store.stop();
    say(`${store.kind}: ${measured.pointsPerSecond} points/s written directly`);
    return measured;
  };
  const before = await ceiling(0);
  const measured = await path();
  return { kind: before.kind, ceilings: [before, await ceiling(1)], ...measured };
}

async function path(cleanup: Cleanup, settings: Record<string, string>): Promise<Path> {
  const controller = await startController(cleanup, { LAMPLIGHTER_LOG_LEVEL: "error", ...settings });
  const players = await joinDevices(controller, devices);
  const atEase = await pathAtEase(players, 5);
  const live = await pathCeiling(players, { pointsPerBatch: 5, seconds: 8 });
  const backlog = await pathCeiling(players, { pointsPerBatch: 100, seconds: 8 });
  for (const player of players) await player.leave();
  await controller.end();
  return { atEase, live, backlog };
}

async function embedded(cleanup: Cleanup): Promise<StoreResult> {
  const workerUrl = pathToFileURL(join(dist, "series-worker.js"));
  const folder = temporary(cleanup, "bench");
  const open = (n: number) => {
    const file = join(folder, `series-${n}.db`);
    return createEmbeddedSeries({ workerUrl, file, clock: systemClock, log, retentionMs });
  };
  return beside(open, () => path(cleanup, {}));
}

async function influx(cleanup: Cleanup): Promise<StoreResult> {
  const server = await startInflux();
  cleanup.add(() => server.stop());
  const { url } = server;
  const open = (n: number) =>
    createInfluxSeries({
      url,
      database: `ceiling${n}`,
      requestTimeoutMs: 15_000,
      clock: systemClock,
      log,
      retentionMs,
    });
  return beside(open, () => path(cleanup, { LAMPLIGHTER_STORE: "influx", LAMPLIGHTER_INFLUX_URL: url }));
}

async function main(): Promise<void> {
  const cleanup = createCleanup();
  try {
    const stores: StoreResult[] = [];
    for (const one of [embedded, influx]) {
      const here = createCleanup();
      const result = await one(here).finally(() => here.run());
      stores.push(result);
      say(JSON.stringify(result, null, 1));
    }
    const controller = await startController(cleanup);
    const agent = await agentFootprint(cleanup, controller, 20);
    await controller.end();
    say(JSON.stringify(agent));
    const start = await startTimes(cleanup);
    say(JSON.stringify(start));
    say(JSON.stringify(alertStorm()));
    const demo = await demoTimes(cleanup, 60);
    say(JSON.stringify(demo));
    const screen = await screens();
    say(JSON.stringify(screen));
    const file = join(dist, "..", "docs", "benchmarks.md");
    writeFileSync(file, renderReport({ stores, agent, start, demo, screen }, new Date()));
    say(`written: ${file}`);
  } finally {
    await cleanup.run();
  }
}

await main();
