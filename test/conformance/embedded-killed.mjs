// A process that writes through the built worker and says what was answered, until somebody kills it.
import { Worker } from "node:worker_threads";

const [file, text, start] = process.argv.slice(2);
const catalogue = JSON.parse(text);
const worker = new Worker(new URL("../../dist/series-worker.js", import.meta.url), {
  workerData: { side: "write", file, catalogue },
});
const place = Object.keys(catalogue).indexOf("system");
const fields = Object.keys(catalogue.system.fields);
let id = 0;
const next = () => {
  id += 1;
  // As `embedded/pack` writes them: measurement, device, time, and a number a field.
  const point = (i) => [
    ...[place, 0, Number(start) + id * 100 + i],
    ...fields.map((name) => (name === "load1" ? id : Number.NaN)),
  ];
  const numbers = Float64Array.from(Array.from({ length: 20 }, (_, i) => point(i)).flat());
  worker.postMessage({ id, call: "write", points: { numbers, texts: ["killed"] } });
};
worker.on("message", (answered) => {
  if (!answered.ok) throw new Error(JSON.stringify(answered));
  if (answered.id > 0) process.stdout.write(`${answered.id}\n`);
  next();
});
