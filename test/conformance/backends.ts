import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "libsql";
import { catalogue as wireCatalogue } from "#wire";
import { systemClock } from "../../controller/base/clock.ts";
import type { Log } from "../../controller/base/log.ts";
import type { Catalogue } from "../../controller/store/series/accept.ts";
import {
  createEmbeddedSeries,
  createInfluxSeries,
  type PendingHours,
  type SeriesStore,
} from "../../controller/store/series/index.ts";
import { startInflux } from "../servers/influx.ts";

export const dayMs = 86_400_000;
export const retentionMs = 14 * dayMs;
export const retention = { rawMs: retentionMs, fiveMinuteMs: 120 * dayMs, hourlyMs: 1_826 * dayMs };

/** The real one, and a measurement with all that a field can be. */
export const catalogue: Catalogue = {
  ...wireCatalogue,
  custom_bench: {
    meaning: "made up for tests",
    tags: { left: "any text", right: "any text" },
    fields: {
      number: { type: "number", unit: "", kind: "gauge", meaning: "any number" },
      spread: { type: "number", unit: "", kind: "gauge", meaning: "with percentiles", percentiles: true },
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
  /** Loses a device's points of a measurement, behind the store's back. */
  lose(measurement: string, device: string): Promise<void>;
  /** A second controller on the same data, after the first has ended. */
  reopen(): Promise<void>;
  end(): Promise<void>;
}

/** Which hours are not rolled up, as the room would know. */
export interface PendingStandIn extends PendingHours {
  mark(device: string, hourAt: number): void;
  done(device: string, hourAt: number): void;
  /** Nothing is known to be rolled up. */
  all: boolean;
}

export function createPending(): PendingStandIn {
  const hours = new Map<string, Set<number>>();
  const pending: PendingStandIn = {
    all: false,
    mark: (device, hourAt) => void hours.set(device, (hours.get(device) ?? new Set<number>()).add(hourAt)),
    done: (device, hourAt) => void hours.get(device)?.delete(hourAt),
    of: async (devices) => (pending.all ? null : new Map(devices.map((d) => [d, [...(hours.get(d) ?? [])]]))),
    oldestAt: async () => null,
  };
  return pending;
}

/** @param pending absent: nobody makes roll-ups */
export const backends: Record<string, (pending?: PendingStandIn) => Promise<Backend>> = { embedded, influx };

async function embedded(pending?: PendingStandIn): Promise<Backend> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-series-"));
  const file = join(folder, "series.db");
  const workerUrl = new URL("./mortal-worker.mjs", import.meta.url);
  return backend(
    (said) =>
      createEmbeddedSeries({ workerUrl, file, clock: systemClock, log: said.log, retention, catalogue, pending }),
    {
      async breakIt() {
        const channel = new BroadcastChannel(file);
        channel.postMessage("end");
        channel.close();
      },
      mend: async () => {},
      async lose(measurement, device) {
        const db = new Database(file);
        const tables = db.prepare("SELECT name FROM sqlite_master WHERE name GLOB ?").raw();
        for (const [table] of tables.all([`${measurement}_[0-9]*`]) as [string][])
          db.prepare(`DELETE FROM "${table}" WHERE device = (SELECT id FROM device WHERE name = ?)`).run([device]);
        db.close();
      },
      end: () => rm(folder, { recursive: true, force: true }),
    },
  );
}

async function influx(pending?: PendingStandIn): Promise<Backend> {
  const server = await startInflux();
  return backend(
    (said) => createInfluxSeries({ url: server.url, clock: systemClock, log: said.log, retention, catalogue, pending }),
    {
      breakIt: () => server.kill(),
      mend: () => server.restart(),
      end: () => server.stop(),
      // DELETE knows no retention policy: the roll-ups would go with it. So the raw policy is made anew.
      async lose() {
        for (const statement of [
          'DROP RETENTION POLICY "raw" ON "lamplighter"',
          'CREATE RETENTION POLICY "raw" ON "lamplighter" DURATION 336h REPLICATION 1 SHARD DURATION 24h',
        ]) {
          const answer = await fetch(`${server.url}/query?${new URLSearchParams({ q: statement })}`, {
            method: "POST",
          });
          if ((await answer.text()).includes("error")) throw new Error(`not done: ${statement}`);
        }
      },
    },
  );
}

async function backend(
  create: (said: Said) => SeriesStore,
  outside: Pick<Backend, "breakIt" | "mend" | "lose" | "end">,
): Promise<Backend> {
  const said = listen();
  const made: Backend = {
    store: create(said),
    said,
    breakIt: outside.breakIt,
    mend: outside.mend,
    lose: outside.lose,
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
