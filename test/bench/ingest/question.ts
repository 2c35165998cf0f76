import type { SeriesStore } from "../../../controller/store/series/index.ts";
import { fieldsOf } from "./fields.ts";
import { deviceOf } from "./points.ts";

export interface WaitsMs {
  p50: number;
  p99: number;
}

const runMs = 5_000;
const pointsPerWrite = 500;
const pauseMs = 20;
const pass = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Writes as ingest makes them, while nobody asks, and while somebody asks for all raw points that a query may look at. */
export async function measureBesideQuestion(
  store: SeriesStore,
  held: { devices: number; days: number; everyMs: number },
): Promise<{ alone: WaitsMs; asked: WaitsMs; questions: number; questionMs: number }> {
  let next = Date.now() - 600_000;
  const write = async (): Promise<WaitsMs> => {
    const waits: number[] = [];
    for (const end = performance.now() + runMs; performance.now() < end; ) {
      next += 10;
      const at = next;
      const fields = fieldsOf(waits.length, at);
      const points = Array.from({ length: pointsPerWrite }, (_, n) => ({
        device: deviceOf(n % held.devices),
        at: at + Math.floor(n / held.devices),
      }));
      const began = performance.now();
      await store.write(points.map((point) => ({ ...point, m: "system", tags: {}, fields })));
      waits.push(performance.now() - began);
      await pass(pauseMs);
    }
    const sorted = waits.sort((a, b) => a - b);
    const of = (share: number): number => Math.round(10 * (sorted[Math.round(share * (sorted.length - 1))] ?? 0)) / 10;
    return { p50: of(0.5), p99: of(0.99) };
  };
  const alone = await write();
  let over = false;
  const took: number[] = [];
  const now = Date.now();
  const days = held.days - 1;
  const devices = Math.floor(950_000 / ((days * 86_400_000) / held.everyMs));
  const asking = (async () => {
    while (!over) {
      const began = performance.now();
      await store.query({
        devices: Array.from({ length: devices }, (_, n) => deviceOf(n)),
        measurement: "system",
        field: "load1",
        from: now - days * 86_400_000,
        to: now - 3_600_000,
        // Not a multiple of any level: only raw points can tell.
        everyMs: 3_660_000,
        fn: "mean",
        limit: 100_000,
      });
      took.push(performance.now() - began);
    }
  })();
  const asked = await write();
  over = true;
  await asking;
  const questionMs = Math.round(took.reduce((sum, ms) => sum + ms, 0) / took.length);
  return { alone, asked, questions: took.length, questionMs };
}
