import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  type Cleanup,
  type Controller,
  dist,
  enrolmentToken,
  onlyDevice,
  run,
  startAgent,
  temporary,
} from "../system/harness.ts";

export interface Footprint {
  residentBytes: number;
  /** Of one core, over the time that was measured. */
  cpuPercent: number;
}

export interface AgentResult {
  agent: Footprint;
  bareNode: Footprint;
  bundleBytes: number;
  bundleGzipBytes: number;
}

/** The agent with its usual settings beside a Node that does nothing, for `seconds` after it is online. */
export async function agentFootprint(cleanup: Cleanup, controller: Controller, seconds: number): Promise<AgentResult> {
  const settings = { intervalMs: 10_000, flushMs: 5_000 };
  const agent = startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller), settings });
  const bare = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
  cleanup.add(() => bare.kill("SIGKILL"));
  await onlyDevice(controller);
  const before = [cpuMs(agent.child), cpuMs(bare)];
  const began = performance.now();
  await new Promise((done) => setTimeout(done, seconds * 1_000));
  const elapsed = performance.now() - began;
  const of = (child: ChildProcess, was: number): Footprint => ({
    residentBytes: residentBytes(child),
    cpuPercent: (100 * (cpuMs(child) - was)) / elapsed,
  });
  const result = { agent: of(agent.child, before[0] ?? 0), bareNode: of(bare, before[1] ?? 0) };
  await agent.end();
  bare.kill("SIGKILL");
  const bundle = readFileSync(join(dist, "agent.cjs"));
  return { ...result, bundleBytes: bundle.length, bundleGzipBytes: gzipSync(bundle).length };
}

const proc = (child: ChildProcess, file: string): string => readFileSync(`/proc/${child.pid}/${file}`, "utf8");
export const residentBytes = (child: ChildProcess): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(proc(child, "status"))?.[1]) * 1024;

/** Ticks of /proc are 10 ms. */
export function cpuMs(child: ChildProcess): number {
  const words = proc(child, "stat").split(") ")[1]?.split(" ") ?? [];
  return (Number(words[11]) + Number(words[12])) * 10;
}

/** From spawn to `run.json`: ready for people and devices. The first start makes keys and database. */
export async function startTimes(cleanup: Cleanup): Promise<{ firstMs: number; laterMs: number }> {
  const dataDir = temporary(cleanup, "start");
  const once = async (): Promise<number> => {
    const file = join(dataDir, "run.json");
    const before = existsSync(file) ? statSync(file).ino : 0;
    const began = performance.now();
    const program = run(cleanup, "lamplighter.js", ["controller"], {
      LAMPLIGHTER_HTTP_PORT: "0",
      LAMPLIGHTER_MQTT_PORT: "0",
      LAMPLIGHTER_DATA_DIR: dataDir,
    });
    while (!existsSync(file) || statSync(file).ino === before) await new Promise((next) => setTimeout(next, 2));
    const took = Math.round(performance.now() - began);
    await program.end();
    return took;
  };
  const firstMs = await once();
  const later = [await once(), await once(), await once()].sort((a, b) => a - b);
  return { firstMs, laterMs: later[1] ?? 0 };
}
