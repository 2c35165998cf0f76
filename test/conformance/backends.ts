import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { catalogue as wireCatalogue } from "#wire";
import { systemClock } from "../../controller/base/clock.ts";
import type { Log } from "../../controller/base/log.ts";
import type { Catalogue } from "../../controller/store/series/accept.ts";
import { createEmbeddedSeries, createInfluxSeries, type SeriesStore } from "../../controller/store/series/index.ts";
import { startInflux } from "../servers/influx.ts";

export const dayMs = 86_400_000;
export const retentionMs = 14 * dayMs;

/** The real one, and a measurement with all that a field can be. */
export const catalogue: Catalogue = {
  ...wireCatalogue,
  custom_bench: {
    meaning: "made up for tests",
    tags: { left: "any text", right: "any text" },
    fields: {
      number: { type: "number", unit: "", kind: "gauge", meaning: "any number" },
      other: { type: "number", unit: "", kind: "gauge", meaning: "another number" },
      total_bytes: { type: "number", unit: "B", kind: "counter", meaning: "goes up" },
      words: { type: "text", unit: "", kind: "state", meaning: "any text" },
    },
  },
};

/** What a store said, for tests that wait for it. */
export interface Said {
  log: Log;
  lines: string[];
}

export function listen(): Said {
  const lines: string[] = [];
  const say = (message: string, fields?: object): void => void lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { debug: say, info: say, warn: say, error: say, child: () => log };
  return { log, lines };
}

export interface Backend {
  store: SeriesStore;
  said: Said;
  /** Takes the store away; `mend` lets it come back. */
  breakIt(): Promise<void>;
  mend(): Promise<void>;
  /** A second controller on the same data, after the first has ended. */
  reopen(): Promise<void>;
  end(): Promise<void>;
}

export const backends: Record<string, () => Promise<Backend>> = { embedded, influx };

async function embedded(): Promise<Backend> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-series-"));
  const file = join(folder, "series.db");
  const workerUrl = new URL("./mortal-worker.mjs", import.meta.url);
  return backend(
    (said) => createEmbeddedSeries({ workerUrl, file, clock: systemClock, log: said.log, retentionMs, catalogue }),
    {
      async breakIt() {
        const channel = new BroadcastChannel(file);
        channel.postMessage("end");
        channel.close();
      },
      mend: async () => {},
      end: () => rm(folder, { recursive: true, force: true }),
    },
  );
}

async function influx(): Promise<Backend> {
  const server = await startInflux();
  return backend(
    (said) => createInfluxSeries({ url: server.url, clock: systemClock, log: said.log, retentionMs, catalogue }),
    { breakIt: () => server.kill(), mend: () => server.restart(), end: () => server.stop() },
  );
}

async function backend(
  create: (said: Said) => SeriesStore,
  outside: { breakIt(): Promise<void>; mend(): Promise<void>; end(): Promise<void> },
): Promise<Backend> {
  const said = listen();
  const made: Backend = {
    store: create(said),
    said,
    breakIt: outside.breakIt,
    mend: outside.mend,
    async reopen() {
      await made.store.stop();
      made.store = create(said);
      await made.store.start();
    },
    async end() {
      await made.store.stop();
      await outside.end();
    },
  };
  await made.store.start();
  return made;
}

/** Resolves when `holds` does; fails after 20 s. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await sleep(10);
  }
}
