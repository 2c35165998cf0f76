import { parentPort, workerData } from "node:worker_threads";
import type { FleetStart } from "./calls.ts";
import { serveFleet } from "./serve.ts";

if (parentPort) {
  await serveFleet(parentPort, workerData as FleetStart);
  parentPort.close();
}
