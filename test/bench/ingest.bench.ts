import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { systemClock } from "../../controller/base/clock.ts";
import { createLog } from "../../controller/base/log.ts";
import { createEmbeddedSeries, createInfluxSeries } from "../../controller/store/series/index.ts";
import { startInflux } from "../servers/influx.ts";
import { type Cleanup, createCleanup, dist, temporary } from "../system/harness.ts";
import { type Bench, type LoadResult, type LongResult, measureLoad, measureLong, startFleet } from "./ingest/load.ts";
import { type MemoryResult, memoryOf } from "./ingest/memory.ts";
import { measureQueries, type QueryResult } from "./ingest/queries.ts";

export interface IngestResult {
  stores: { kind: "embedded" | "influx"; loads: LoadResult[]; long: LongResult | null; queries: QueryResult[] }[];
  memory: MemoryResult[];
}

const log = createLog({ level: "error" });
const dayMs = 86_400_000;
const retention = { rawMs: 40 * dayMs, fiveMinuteMs: 120 * dayMs, hourlyMs: 1_826 * dayMs };
const nothingPending = { of: async () => new Map<string, number[]>(), oldestAt: async () => null };
const loads = [1, 100, 5_000].flatMap((connections) => [10, 1].map((points) => ({ connections, points })));

function embedded(cleanup: Cleanup): Bench {
  const workerUrl = pathToFileURL(join(dist, "series-worker.js"));
  const folder = temporary(cleanup, "bench");
  let n = 0;
  const base = { clock: systemClock, log, retention, pending: nothingPending };
  return {
    open: () => createEmbeddedSeries({ ...base, workerUrl, file: join(folder, `series-${n++}.db`) }),
    env: {},
    storePid: () => null,
    writersAtOnce: 2,
  };
}

async function influx(cleanup: Cleanup): Promise<Bench> {
  const server = await startInflux();
  cleanup.add(() => server.stop());
  const { url } = server;
  const pid = Number(
    execFileSync("pgrep", ["-f", `${server.folder}/influxd.conf`], { encoding: "utf8" }).split("\n")[0],
  );
  let n = 0;
  const base = { clock: systemClock, log, retention, pending: nothingPending };
  return {
    open: () => createInfluxSeries({ ...base, url, database: `bench${n++}`, requestTimeoutMs: 15_000 }),
    env: { LAMPLIGHTER_STORE: "influx", LAMPLIGHTER_INFLUX_URL: url },
    storePid: () => pid,
    writersAtOnce: 4,
  };
}

/** From devices to the store and back, with both stores. About five minutes. */
export async function ingest(say: (line: string) => void): Promise<IngestResult> {
  const stores: IngestResult["stores"] = [];
  for (const kind of ["embedded", "influx"] as const) {
    const here = createCleanup();
    try {
      const bench = kind === "embedded" ? embedded(here) : await influx(here);
      const controller = await startFleet(here, bench.env, Math.max(...loads.map((load) => load.connections)));
      const results: LoadResult[] = [];
      for (const load of loads) {
        const result = await measureLoad(here, bench, controller, load);
        say(`${kind} ${JSON.stringify(result)}`);
        results.push(result);
      }
      const long = kind === "embedded" ? await measureLong(here, controller) : null;
      if (long) say(`${kind} ${JSON.stringify(long)}`);
      await controller.end();
      const store = bench.open();
      await store.start();
      const queries = await measureQueries(store);
      await store.stop();
      say(`${kind} ${JSON.stringify(queries)}`);
      stores.push({ kind, loads: results, long, queries });
    } finally {
      await here.run();
    }
  }
  const memory: MemoryResult[] = [];
  for (const kind of ["tcp", "wss"] as const) {
    const here = createCleanup();
    memory.push(await memoryOf(here, kind).finally(() => here.run()));
    say(JSON.stringify(memory.at(-1)));
  }
  return { stores, memory };
}
