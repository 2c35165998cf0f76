import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../../../base/clock.ts";
import type { WorkerStart } from "./calls.ts";
import { openAndServe } from "./serve.ts";

if (parentPort) openAndServe(parentPort, workerData as WorkerStart, systemClock);
