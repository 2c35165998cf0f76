import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Aedes } from "aedes";
import type { Cleanup } from "../../system/harness.ts";
import { startCrew } from "./crew.ts";
import { password } from "./fleet.ts";
import { batchesOf } from "./load.ts";

export interface BareResult {
  connections: number;
  pointsPerMessage: number;
  /** Acknowledged by a broker that does nothing else. */
  messagesPerSecond: number;
}

export const bareLoads = [100, 5_000].map((connections) => ({ connections, points: 1 }));
const warmUpMs = 1_500;
const measuredMs = 3_000;
const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** aedes and a port, nothing else: what the broker alone can swallow. A process of its own, as the controller is. */
export async function runBareBroker(): Promise<void> {
  const aedes = await Aedes.createBroker({ concurrency: 1_000 });
  const server = createServer(aedes.handle);
  server.listen(0, "127.0.0.1", 4_096, () => process.send?.((server.address() as { port: number }).port));
  process.on("disconnect", () => process.exit(0));
}

/** The same devices, messages and windows as on the real path; each message leaves the window with its PUBACK. */
export async function measureBare(
  cleanup: Cleanup,
  load: { connections: number; points: number },
): Promise<BareResult> {
  const { connections, points } = load;
  const broker = fork(process.argv[1] as string, ["bare"], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  cleanup.add(() => broker.kill("SIGKILL"));
  const [port] = (await once(broker, "message")) as [number];
  const crew = startCrew(cleanup);
  const target = { kind: "bare", port } as const;
  await crew.ask({ do: "join", first: 0, count: connections, password, target, firstAt: Date.now() - 3_600_000 });
  await crew.ask({ do: "full", points, batches: batchesOf(connections, points) });
  await pass(warmUpMs);
  await crew.ask({ do: "take" });
  const began = performance.now();
  await pass(measuredMs);
  const said = await crew.ask({ do: "take" });
  const seconds = (performance.now() - began) / 1_000;
  crew.end();
  broker.kill("SIGKILL");
  return { connections, pointsPerMessage: points, messagesPerSecond: Math.round(said.messages / seconds) };
}
