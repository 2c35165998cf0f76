import {
  hourOf,
  type SeriesQuery,
  type SeriesStore,
  type StoredPoint,
} from "../../../controller/store/series/index.ts";
import { deviceOf } from "./points.ts";

export interface QueryResult {
  name: string;
  p50: number;
  p99: number;
  /** The level that answered; latest values come from raw points. */
  resolution: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const runs = 30;
const crowd = 10_000;
const onSite = 50;

const system = (device: string, at: number): StoredPoint => ({
  device,
  m: "system",
  at,
  tags: {},
  fields: { load1: 1 + Math.sin(at / 1e7), cpu_percent: 40, memory_used_bytes: 9e7 },
});

function* everything(now: number): Generator<StoredPoint> {
  for (let at = now - dayMs; at < now; at += 10_000) yield system(deviceOf(1), at);
  for (let at = now - 30 * dayMs; at < now; at += 120_000) yield system(deviceOf(2), at);
  for (let n = 100; n < 100 + onSite; n++)
    for (let at = now - dayMs; at < now; at += 120_000) yield system(deviceOf(n), at);
  for (let n = 0; n < crowd; n++) yield system(deviceOf(1_000 + n), now - (n % 3_600) * 1_000);
}

async function fill(store: SeriesStore, now: number): Promise<void> {
  let batch: StoredPoint[] = [];
  const hours = new Map<string, { device: string; hourAt: number }>();
  for (const point of everything(now)) {
    batch.push(point);
    const hourAt = hourOf(point.at);
    if (hourAt < hourOf(now)) hours.set(`${point.device} ${hourAt}`, { device: point.device, hourAt });
    if (batch.length < 5_000) continue;
    await store.write(batch);
    batch = [];
  }
  if (batch.length > 0) await store.write(batch);
  // Of the crowd only the newest values are asked.
  const due = [...hours.values()].filter(({ device }) => device < deviceOf(1_000));
  for (let at = 0; at < due.length; ) at += await store.rollUp(due.slice(at, at + 500));
}

/** What people ask most, of a store with its roll-ups made. */
export async function measureQueries(store: SeriesStore): Promise<QueryResult[]> {
  const now = hourOf(Date.now()) + hourMs / 2;
  await fill(store, now);
  const base = { measurement: "system", field: "load1", fn: "mean", limit: 100_000 } as const;
  const site = Array.from({ length: onSite }, (_, i) => deviceOf(100 + i));
  const asked: [string, Omit<SeriesQuery, "measurement" | "field" | "fn" | "limit">][] = [
    ["one device, 24 h by minute", { devices: [deviceOf(1)], from: now - dayMs, to: now, everyMs: 60_000 }],
    ["one device, 30 days by hour", { devices: [deviceOf(2)], from: now - 30 * dayMs, to: now, everyMs: hourMs }],
    [`a site of ${onSite}, 24 h by 5 min`, { devices: site, from: now - dayMs, to: now, everyMs: 300_000, by: [] }],
  ];
  const results: QueryResult[] = [];
  for (const [name, query] of asked)
    results.push(await timed(name, async () => (await store.query({ ...base, ...query })).resolution));
  const latest = async (): Promise<string> => {
    const { length } = await store.latest(now, dayMs);
    if (length < crowd) throw new Error(`${length} newest values of ${crowd} devices`);
    return "raw";
  };
  results.push(await timed(`newest values of ${crowd.toLocaleString("en-GB")} devices`, latest, 5));
  return results;
}

async function timed(name: string, run: () => Promise<string>, times = runs): Promise<QueryResult> {
  const took: number[] = [];
  let resolution = await run();
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    resolution = await run();
    took.push(performance.now() - began);
  }
  const sorted = took.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(10 * (sorted[Math.round(share * (sorted.length - 1))] ?? 0)) / 10;
  return { name, p50: at(0.5), p99: at(0.99), resolution };
}
