import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { type Point, readJson } from "#wire";
import type { Delivery } from "../../controller/ingest/index.ts";
import type { Controller } from "./harness.ts";

// What is on flash and what is in the store, read without the programs that wrote it.

export interface FlashBatch {
  boot: string;
  seq: number;
  points: number;
  /** "measurement tags at" of each point; empty for an event. */
  keys: string[];
  /** Numbers of the first field of each point. */
  values: number[];
}

export const keyOf = (m: string, tags: Record<string, string>, at: number): string =>
  `${m} ${JSON.stringify(Object.entries(tags).sort())} ${at}`;

/** Files of an agent's spool, oldest first, with every whole batch in them. */
export function readFlash(dataDir: string): { file: string; batches: FlashBatch[] }[] {
  const folder = join(dataDir, "spool");
  const names = readdirSync(folder).filter((name) => name.endsWith(".seg"));
  return names
    .sort()
    .map((name) => ({ file: join(folder, name), batches: batchesOf(readFileSync(join(folder, name))) }));
}

export const flashPoints = (dataDir: string): number =>
  readFlash(dataDir)
    .flatMap((segment) => segment.batches)
    .reduce((sum, batch) => sum + batch.points, 0);

function batchesOf(bytes: Buffer): FlashBatch[] {
  const batches: FlashBatch[] = [];
  for (let offset = 0; offset + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(offset);
    // Torn, or zeros where a file system had not written.
    if (length === 0 || offset + 8 + length > bytes.length) break;
    const record = bytes.subarray(offset + 8, offset + 8 + length);
    if (crc32(record) !== bytes.readUInt32BE(offset + 4)) break;
    const [head = "", ...rest] = record.toString("utf8").split("\n");
    const { boot, seq, points } = JSON.parse(head) as FlashBatch;
    const message = readJson(rest.join("\n"), length);
    const { points: made = [] } = (message.ok ? message.message : {}) as { points?: Point[] };
    const keys = made.map(({ m, t = {}, at }) => keyOf(m, t, at));
    batches.push({ boot, seq, points, keys, values: made.map(({ f }) => Number(Object.values(f)[0])) });
    offset += 8 + length;
  }
  return batches;
}

/** A field that every point of the measurement has. */
const anchors = {
  system: "uptime_seconds",
  agent: "memory_used_bytes",
  interface: "rx_bytes",
  temperature: "temperature_celsius",
  probe: "success",
  gateway: "address",
  port: "hardware_address",
};
const hour = 3_600_000;

/** Every point of a device as the API serves it raw, one key a row: a point that is there twice is listed twice. */
export async function servedKeys({ api }: Controller, device: string): Promise<string[]> {
  const now = Date.now();
  const keys: string[] = [];
  for (const [measurement, field] of Object.entries(anchors)) {
    const words = new URLSearchParams({
      measurement,
      field,
      every: "raw",
      from: String(now - hour),
      to: String(now + hour),
    });
    const answer = await api<{ series: { tags: Record<string, string>; points: [number, number][] }[] }>(
      "GET",
      `/devices/${device}/series?${words}`,
    );
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    for (const { tags, points } of answer.body.series)
      for (const [at] of points) keys.push(keyOf(measurement, tags, at));
  }
  return keys;
}

/** Points of a device in InfluxDB, asked of InfluxDB itself. */
export async function influxCount(url: string, device: string): Promise<number> {
  const queries = Object.entries(anchors).map(
    ([measurement, field]) => `SELECT count("${field}") FROM "raw"."${measurement}" WHERE "device" = '${device}'`,
  );
  const response = await fetch(`${url}/query?${new URLSearchParams({ db: "lamplighter", q: queries.join(";") })}`);
  const body = (await response.json()) as { results: { series?: { values: [string, number][] }[] }[] };
  return body.results.reduce((sum, { series }) => sum + (series?.[0]?.values[0]?.[1] ?? 0), 0);
}

interface DeviceEventShape {
  boot: string;
  kind: string;
  detail: object;
}

export async function eventsOf({ api }: Controller, device: string): Promise<DeviceEventShape[]> {
  const answer = await api<{ items: DeviceEventShape[] }>("GET", `/devices/${device}/events?limit=1000`);
  return answer.body.items;
}

export async function deliveryOf({ api }: Controller, device: string): Promise<Delivery> {
  const answer = await api<Delivery>("GET", `/devices/${device}/delivery`);
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The ledger's equations (DESIGN §5), in sum and for every boot. */
export function balances(told: Delivery): boolean {
  const received = told.received === told.stored + told.duplicates + told.quarantined;
  return (
    received &&
    [told, ...told.boots].every((d) => d.made === d.stored + d.quarantined + d.dropped + d.onDevice + d.missing)
  );
}
