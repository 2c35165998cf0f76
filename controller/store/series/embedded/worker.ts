import { parentPort, workerData } from "node:worker_threads";
import type { WorkerStart } from "./calls.ts";
import { openAndServe } from "./serve.ts";

if (parentPort) openAndServe(parentPort, workerData as WorkerStart);
