import { type Cleanup, createCleanup } from "../../system/harness.ts";
import { residentBytes } from "../process.bench.ts";
import { startCrew } from "./crew.ts";
import { password } from "./fleet.ts";
import { startFleet } from "./load.ts";

export interface MemoryResult {
  kind: "tcp" | "wss";
  /** Resident memory of the controller with so many devices connected, each known by a birth and three batches. */
  steps: { devices: number; residentBytes: number }[];
  bytesPerDevice: number;
}

const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
/** The first also pays for what is there once. */
const steps = { tcp: [1_000, 4_000, 8_000], wss: [500, 1_500, 3_000] };
const settleMs = 2_500;

/** What a connected device costs, with all that the product keeps of it. */
export async function memoryOf(cleanup: Cleanup, kind: MemoryResult["kind"]): Promise<MemoryResult> {
  const here = createCleanup();
  cleanup.add(() => here.run());
  const most = Math.max(...steps[kind]);
  // Beyond loopback it serves TLS, which is what is to be measured; the devices call on loopback all the same.
  const env = kind === "wss" ? { LAMPLIGHTER_HTTP_HOST: "0.0.0.0", LAMPLIGHTER_LOG_LEVEL: "info" } : {};
  const controller = await startFleet(here, env, most);
  const crew = startCrew(here);
  const port = kind === "wss" ? controller.ports.http : controller.ports.mqtt;
  const measured: MemoryResult["steps"] = [];
  let joined = 0;
  for (const devices of steps[kind]) {
    const firstAt = Date.now() - 3_600_000;
    await crew.ask({ do: "join", first: joined, count: devices - joined, password, target: { kind, port }, firstAt });
    joined = devices;
    await crew.ask({ do: "paced", points: 5, messagesPerSecond: 3_000 });
    await pass(devices);
    await crew.ask({ do: "stop" });
    await pass(settleMs);
    measured.push({ devices, residentBytes: residentBytes(controller.child) });
  }
  await here.run();
  const [first] = measured;
  const last = measured.at(-1);
  if (!first || !last) throw new Error("nothing was measured");
  const bytesPerDevice = (last.residentBytes - first.residentBytes) / (last.devices - first.devices);
  return { kind, steps: measured, bytesPerDevice: Math.round(bytesPerDevice) };
}
