import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runBacktest } from "../../../controller/alert/backtest/run.ts";
import { rule } from "../../../controller/alert/rules/schema.ts";
import { systemClock } from "../../../controller/base/clock.ts";
import type { Log } from "../../../controller/base/log.ts";
import { createLoopLag } from "../../../controller/base/loop-lag.ts";
import { createEmbeddedSeries, type ImportedBucket, seriesLimits } from "../../../controller/store/series/index.ts";

export interface BacktestTime {
  devices: number;
  buckets: number;
  fired: number;
  tookMs: number;
  /** The longest that the event loop was held meanwhile. */
  worstTurnMs: number;
}

const dayMs = 86_400_000;
const fiveMinutesMs = 300_000;
const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

/** One rule over 30 days of 5-minute values in an embedded store. */
export async function backtestTime(workerUrl: URL, devices = 1_000, days = 30): Promise<BacktestTime> {
  const folder = await mkdtemp(join(tmpdir(), "lamplighter-backtest-"));
  const retention = { rawMs: 14 * dayMs, fiveMinuteMs: 120 * dayMs, hourlyMs: 1_826 * dayMs };
  const series = createEmbeddedSeries({
    ...{ workerUrl, file: join(folder, "series.db"), clock: systemClock, log: quiet, retention },
    pending: { of: async () => new Map(), oldestAt: async () => null },
  });
  await series.start();
  const now = systemClock.now();
  const to = now - (now % dayMs) - dayMs;
  const from = to - days * dayMs;
  let buckets = 0;
  try {
    for (let d = 0; d < devices; d++) {
      for (const [level, widthMs] of [
        ["5-minute", fiveMinutesMs],
        ["hourly", 12 * fiveMinutesMs],
      ] as const) {
        const some: ImportedBucket[] = [];
        for (let at = from; at < to; at += widthMs) some.push(busyBucket(d, at, widthMs));
        for (let i = 0; i < some.length; i += seriesLimits.bucketsPerImport)
          await series.importRollups(level, some.slice(i, i + seriesLimits.bucketsPerImport));
        if (level === "5-minute") buckets += some.length;
      }
    }
    const cpu = { id: "cpu", title: "Busy", value: { field: "system.cpu_percent" }, severity: "warning" } as const;
    const busy = rule.parse({
      ...cpu,
      raise: { above: 90 },
      clear: { below: 80 },
      for: "10m",
      clearFor: "10m",
      samples: 3,
    });
    const all = Array.from({ length: devices }, (_, d) => {
      return { id: `ap-${d}`, name: `Demo ${d}`, site: `s-${d % 100}`, kind: "access-point", tags: [], profile: null };
    });
    const needs = {
      clock: systemClock,
      series,
      devices: () => all,
      intervalMs: () => 10_000,
      timeZoneOf: () => "Europe/London",
    };
    const lag = createLoopLag();
    const began = performance.now();
    const { counts } = await runBacktest(
      needs,
      { rule: busy, from, to },
      () => {},
      () => false,
    );
    const tookMs = Math.round(performance.now() - began);
    const worstTurnMs = Math.round(lag.takeWorstMs());
    lag.stop();
    return { devices, buckets, fired: counts.fired, tookMs, worstTurnMs };
  } finally {
    await series.stop();
    await rm(folder, { recursive: true });
  }
}

/** At each device a busy hour on one day, and a spike now and then. */
function busyBucket(d: number, at: number, widthMs: number): ImportedBucket {
  const times = Array.from({ length: widthMs / fiveMinutesMs }, (_, i) => at / fiveMinutesMs + i + d * 97);
  const isBusy = times.some((time) => time % 8_640 < 12);
  const hasSpike = times.some((time) => time % 3_000 === 100);
  const mean = isBusy ? 95 : 30 + (d % 40);
  const max = isBusy || hasSpike ? 99 : mean + 5;
  const kept = { count: 30, sum: 30 * mean, min: mean - 3, max, last: mean, last_at: widthMs - 10_000 };
  return { device: `ap-${d}`, m: "system", tags: {}, at, fields: { cpu_percent: kept } };
}
