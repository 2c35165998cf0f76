import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { catalogue } from "#wire";
import { systemClock } from "../../../controller/base/clock.ts";
import type { Catalogue } from "../../../controller/store/series/accept.ts";
import type { Answered } from "../../../controller/store/series/embedded/calls.ts";
import { openDatabase, openForReading } from "../../../controller/store/series/embedded/database.ts";
import { createPacker } from "../../../controller/store/series/embedded/pack.ts";
import { createReading, type logLimits } from "../../../controller/store/series/embedded/reading.ts";
import { serveSeries, serve as serveSide } from "../../../controller/store/series/embedded/serve.ts";
import type { SeriesQuery, StoredPoint } from "../../../controller/store/series/index.ts";
import { later } from "../../undo.ts";

export const dayMs = 86_400_000;
export const at = 20_000 * dayMs;
export const point = (more: Partial<StoredPoint> = {}): StoredPoint => {
  return { device: "d", m: "system", at, tags: {}, fields: { load1: 1 }, ...more };
};
export const load1: SeriesQuery = {
  devices: ["d"],
  measurement: "system",
  field: "load1",
  from: 0,
  to: 2 * at,
  limit: 100,
};
export const plan = {
  spans: [{ level: "raw", from: 0, to: 2 * at }],
  pending: new Map(),
  resolution: "raw",
  beforeInBuckets: false,
};

export async function freshFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-serve-"));
  later(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "series.db");
}

type Ask = (call: string, more?: { points?: StoredPoint[]; [key: string]: unknown }) => Promise<Answered>;

/** The inside of a worker, in this thread. */
function inside(definitions: Catalogue, open: (port: MessagePort) => void): Ask {
  const { port1, port2 } = new MessageChannel();
  later(async () => port1.close());
  const waiting = new Map<number, (answered: Answered) => void>();
  port1.on("message", (answered: Answered) => waiting.get(answered.id)?.(answered));
  open(port2);
  let id = 0;
  return (call, more = {}) =>
    new Promise<Answered>((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      const packed = more.points ? { points: createPacker(definitions)(more.points) } : {};
      port1.postMessage({ id, call, plan, ...more, ...packed });
    });
}

/** Both sides on a file; each is asked what it answers. */
export function serveBoth(
  file: string,
  definitions: Catalogue = catalogue,
  limits?: Record<keyof typeof logLimits, number>,
) {
  const db = openDatabase(file);
  const write = inside(definitions, (port) => serveSeries(port, db, definitions, systemClock));
  const readDb = openForReading(file);
  const read = inside(definitions, (port) =>
    serveSide(port, createReading({ db: readDb, file, catalogue: definitions, clock: systemClock, limits })),
  );
  const ask: Ask = async (call, more) => {
    if (call === "close") await read(call);
    return (["query", "latest", "count", "devicesOn", "hoursOn"].includes(call) ? read : write)(call, more);
  };
  return { db, readDb, ask, read, write };
}
