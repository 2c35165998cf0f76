// The real worker, in a thread that a test can end from outside.
import { workerData } from "node:worker_threads";

const channel = new BroadcastChannel(workerData.file);
channel.onmessage = () => process.exit(1);
channel.unref();
await import("../../dist/series-worker.js");
