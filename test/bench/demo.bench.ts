import { devicesOf, startDemo } from "../system/demos.ts";
import { type Cleanup, temporary } from "../system/harness.ts";
import { until } from "../system/until.ts";
import { cpuMs, type Footprint, residentBytes } from "./process.bench.ts";

export interface DemoStart {
  /** From spawn until somebody who followed the printed link sees the first device online. */
  firstOnlineMs: number;
  allOnlineMs: number;
  /** Until nothing is kept on a device but what it measured just now. */
  deliveredMs: number;
}

export interface DemoResult {
  first: DemoStart;
  again: DemoStart;
  /** Of the whole demo, controller and all devices, after the first start. */
  footprint: Footprint;
}

const withinMs = 180_000;

/** The demo on a bare folder and once more on the same, and what it costs for `seconds` in between. */
export async function demoTimes(cleanup: Cleanup, seconds: number): Promise<DemoResult> {
  const dataDir = temporary(cleanup, "demo");
  const first = await begin(cleanup, dataDir);
  const { child } = first.demo;
  const before = cpuMs(child);
  const began = performance.now();
  await new Promise((done) => setTimeout(done, seconds * 1_000));
  const cpuPercent = (100 * (cpuMs(child) - before)) / (performance.now() - began);
  const footprint = { residentBytes: residentBytes(child), cpuPercent };
  await first.demo.end("SIGINT");
  const again = await begin(cleanup, dataDir);
  await again.demo.end("SIGINT");
  return { first: first.took, again: again.took, footprint };
}

async function begin(cleanup: Cleanup, dataDir: string) {
  const spawned = performance.now();
  const passed = (): number => Math.round(performance.now() - spawned);
  const demo = await startDemo(cleanup, dataDir);
  const online = async (): Promise<number> => (await devicesOf(demo)).filter(({ state }) => state === "online").length;
  await until(online, (count) => count > 0, withinMs);
  const firstOnlineMs = passed();
  await until(online, (count) => count === 40, withinMs);
  const allOnlineMs = passed();
  const kept = async (): Promise<number> =>
    (await demo.api<{ progress: { kept: number } }>("GET", "/demo")).body.progress.kept;
  await until(kept, (batches) => batches <= 40, withinMs);
  return { demo, took: { firstOnlineMs, allOnlineMs, deliveredMs: passed() } };
}
