import { type Cleanup, createCleanup } from "../../system/harness.ts";
import { residentBytes } from "../process.bench.ts";
import { startCrew } from "./crew.ts";
import { password } from "./fleet.ts";
import { startFleet } from "./load.ts";

export interface MemoryResult {
  kind: "tcp" | "wss";
  /** Resident memory of the controller with so many devices connected, each known by a birth and three batches; what each
   *  of those that came since the step before costs. */
  steps: { devices: number; residentBytes: number; bytesPerDevice: number | null }[];
  /** From the first step to the last. */
  bytesPerDevice: number;
}

const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
/** The first also pays for what is there once. A process may open 20,000 files here: the controller stays below, and each
 *  step's devices have a process of their own. */
export const memorySteps = { tcp: [1_000, 5_000, 10_000, 15_000], wss: [500, 2_000, 5_000] };
const messagesPerSecond = 3_000;
const settleMs = 2_500;

/** What a connected device costs, with all that the product keeps of it. */
export async function memoryOf(cleanup: Cleanup, kind: MemoryResult["kind"]): Promise<MemoryResult> {
  const here = createCleanup();
  cleanup.add(() => here.run());
  // Beyond loopback it serves TLS, which is what is to be measured; the devices call on loopback all the same.
  const env = kind === "wss" ? { LAMPLIGHTER_HTTP_HOST: "0.0.0.0", LAMPLIGHTER_LOG_LEVEL: "info" } : {};
  const controller = await startFleet(here, env, Math.max(...memorySteps[kind]));
  const port = kind === "wss" ? controller.ports.http : controller.ports.mqtt;
  const measured: MemoryResult["steps"] = [];
  let joined = 0;
  for (const devices of memorySteps[kind]) {
    const crew = startCrew(here);
    const firstAt = Date.now() - 3_600_000;
    const count = devices - joined;
    await crew.ask({ do: "join", first: joined, count, password, target: { kind, port }, firstAt });
    joined = devices;
    await crew.ask({ do: "paced", points: 5, messagesPerSecond });
    await pass((3 * count * 1_000) / messagesPerSecond);
    await crew.ask({ do: "stop" });
    await pass(settleMs);
    const bytes = residentBytes(controller.child);
    const before = measured.at(-1);
    const each = before ? Math.round((bytes - before.residentBytes) / (devices - before.devices)) : null;
    measured.push({ devices, residentBytes: bytes, bytesPerDevice: each });
  }
  await here.run();
  const [first] = measured;
  const last = measured.at(-1);
  if (!first || !last) throw new Error("nothing was measured");
  const bytesPerDevice = (last.residentBytes - first.residentBytes) / (last.devices - first.devices);
  return { kind, steps: measured, bytesPerDevice: Math.round(bytesPerDevice) };
}
