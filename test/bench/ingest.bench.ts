import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { systemClock } from "../../controller/base/clock.ts";
import { createLog } from "../../controller/base/log.ts";
import { createEmbeddedSeries, createInfluxSeries } from "../../controller/store/series/index.ts";
import { startInflux } from "../servers/influx.ts";
import { type Cleanup, createCleanup, dist, temporary } from "../system/harness.ts";
import { type BareResult, bareLoads, measureBare } from "./ingest/bare.ts";
import { type AgeResult, type GrowthResult, measureAges, measureCrowds, type Place } from "./ingest/growth.ts";
import { type Bench, type LoadResult, type LongResult, measureLoad, measureLong, startFleet } from "./ingest/load.ts";
import { type MemoryResult, memoryOf } from "./ingest/memory.ts";
import { measureQueries, type QueryResult } from "./ingest/queries.ts";

export interface IngestResult {
  stores: { kind: "embedded" | "influx"; loads: LoadResult[]; long: LongResult | null; queries: QueryResult[] }[];
  /** A broker that does nothing else, swallowing the same messages. */
  bare: BareResult[];
  memory: MemoryResult[];
  growth: { kind: "embedded" | "influx"; crowds: GrowthResult[]; ages: AgeResult }[];
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

/** Another one each time. */
function numbered(): () => string {
  let n = 0;
  return () => `bench${n++}`;
}

async function influx(cleanup: Cleanup, databaseOf = numbered()): Promise<Bench> {
  const server = await startInflux();
  cleanup.add(() => server.stop());
  const { url } = server;
  const pid = Number(
    execFileSync("pgrep", ["-f", `${server.folder}/influxd.conf`], { encoding: "utf8" }).split("\n")[0],
  );
  const base = { clock: systemClock, log, retention, pending: nothingPending };
  return {
    open: () => createInfluxSeries({ ...base, url, database: databaseOf(), requestTimeoutMs: 15_000 }),
    env: { LAMPLIGHTER_STORE: "influx", LAMPLIGHTER_INFLUX_URL: url },
    storePid: () => pid,
    writersAtOnce: 4,
  };
}

/** A store of its own for each controller that is measured. */
function placesOf(kind: "embedded" | "influx", cleanup: Cleanup): () => Promise<Place> {
  return async () => {
    if (kind === "influx") {
      const { env, open } = await influx(cleanup, () => "lamplighter");
      return { env, open };
    }
    const workerUrl = pathToFileURL(join(dist, "series-worker.js"));
    const base = { clock: systemClock, log, retention, pending: nothingPending };
    return {
      env: {},
      open: (dataDir) => createEmbeddedSeries({ ...base, workerUrl, file: join(dataDir, "series.db") }),
    };
  };
}

/** Few devices and many, an hour of data and a month: what a point costs should be the same. */
async function grow(kind: "embedded" | "influx"): Promise<IngestResult["growth"][number]> {
  const here = createCleanup();
  try {
    const place = placesOf(kind, here);
    return { kind, crowds: await measureCrowds(here, await place()), ages: await measureAges(here, place) };
  } finally {
    await here.run();
  }
}

async function withoutProduct(): Promise<BareResult[]> {
  const here = createCleanup();
  const results: BareResult[] = [];
  try {
    for (const load of bareLoads) results.push(await measureBare(here, load));
  } finally {
    await here.run();
  }
  return results;
}

/** From devices to the store and back, with both stores. About ten minutes. */
export async function ingest(say: (line: string) => void): Promise<IngestResult> {
  const bare = await withoutProduct();
  say(JSON.stringify(bare));
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
  const growth: IngestResult["growth"] = [];
  for (const kind of ["embedded", "influx"] as const) {
    growth.push(await grow(kind));
    say(JSON.stringify(growth.at(-1)));
  }
  return { stores, bare, memory, growth };
}
