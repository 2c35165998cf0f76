import type { SeriesStore, StoredPoint } from "../../controller/store/series/index.ts";

export interface StoreCeiling {
  kind: SeriesStore["kind"];
  points: number;
  pointsPerSecond: number;
  /** Of one write call of `pointsPerWrite`. */
  writeMs: { p50: number; p99: number };
}

const pointsPerWrite = 5_000;
const devices = 1_000;
/** Samples of one device in a batch, as an agent sends them that takes one every 10 s and a batch every 50 s. */
const samples = 5;
const everyMs = 10_000;

/** How many points a started store takes in a second, one write after the other: `system` with all its fields, of a
 *  thousand devices. Counts only what the store said is stored. */
export async function storeCeiling(needs: { store: SeriesStore; seconds: number }): Promise<StoreCeiling> {
  const { store, seconds } = needs;
  const took: number[] = [];
  let points = 0;
  const started = performance.now();
  // An hour back, so that the made-up time stays in the past for as long as the bench runs.
  const newest = Date.now() - 3_600_000;
  const rounds = roundsOf(newest);
  while (performance.now() - started < seconds * 1_000) {
    const batch = rounds.next().value;
    const before = performance.now();
    const outcomes = await store.write(batch);
    took.push(performance.now() - before);
    points += outcomes.filter((outcome) => outcome.ok).length;
    if (outcomes.some((outcome) => !outcome.ok)) throw new Error(JSON.stringify(outcomes.find((o) => !o.ok)));
  }
  const elapsedSeconds = (performance.now() - started) / 1_000;
  const sorted = took.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  const pointsPerSecond = Math.round(points / elapsedSeconds);
  return { kind: store.kind, points, pointsPerSecond, writeMs: { p50: at(0.5), p99: at(0.99) } };
}

/** Batches without end, each newer than the one before, going back from a day ago to `newest`. */
function* roundsOf(newest: number): Generator<StoredPoint[], never> {
  for (let round = 0; ; round++) {
    const base = newest - 86_400_000 + round * samples * everyMs;
    for (let first = 0; first < devices; first += pointsPerWrite / samples) {
      yield Array.from({ length: pointsPerWrite }, (_, i) =>
        pointOf(first + Math.floor(i / samples), base + (i % samples) * everyMs, round),
      );
    }
  }
}

const pointOf = (device: number, at: number, round: number): StoredPoint => ({
  device: `bench-${device}`,
  m: "system",
  at,
  tags: {},
  fields: fieldsOf(device + round, at),
});

/** `system` with all its fields, as an agent sends it. */
export function fieldsOf(step: number, at: number): Record<string, number> {
  // Numbers that change as real ones do: some every time, some never.
  const wave = Math.sin(step / 10);
  return {
    cpu_percent: 40 + 30 * wave,
    cpu_iowait_percent: 2 + wave,
    load1: 0.5 + wave / 3,
    load5: 0.5 + wave / 5,
    load15: 0.5 + wave / 9,
    memory_used_bytes: 90_000_000 + Math.round(5_000_000 * wave),
    memory_total_bytes: 256_000_000,
    uptime_seconds: Math.floor(at / 1_000) % 10_000_000,
    temperature_celsius: 45 + Math.round(100 * wave) / 10,
    disk_used_percent: 31,
    disk_total_bytes: 128_000_000,
  };
}
