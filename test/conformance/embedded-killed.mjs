// A process that writes through the built worker and says what was answered, until somebody kills it.
import { Worker } from "node:worker_threads";

const [file, catalogue, start] = process.argv.slice(2);
const worker = new Worker(new URL("../../dist/series-worker.js", import.meta.url), {
  workerData: { file, catalogue: JSON.parse(catalogue) },
});
let id = 0;
const next = () => {
  id += 1;
  const points = Array.from({ length: 20 }, (_, i) => {
    return { device: "killed", m: "system", at: Number(start) + id * 100 + i, tags: {}, fields: { load1: id } };
  });
  worker.postMessage({ id, call: "write", points });
};
worker.on("message", (answered) => {
  if (!answered.ok) throw new Error(JSON.stringify(answered));
  if (answered.id > 0) process.stdout.write(`${answered.id}\n`);
  next();
});
