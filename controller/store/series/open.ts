import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { PendingHours, Retention, SeriesStore } from "./contract.ts";
import { createEmbeddedSeries } from "./embedded/index.ts";
import { createInfluxSeries } from "./influx/index.ts";

/** The settings that decide where telemetry is kept. */
export interface SeriesSettings {
  store: "embedded" | "influx";
  dataDir: string;
  retention: { rawDays: number; fiveMinuteDays: number; hourlyDays: number };
  influx: {
    url: string;
    database: string;
    username?: string | undefined;
    password?: string | undefined;
    timeoutMs: number;
  };
}

const dayMs = 86_400_000;

export const retentionOf = ({ retention }: Pick<SeriesSettings, "retention">): Retention => ({
  rawMs: retention.rawDays * dayMs,
  fiveMinuteMs: retention.fiveMinuteDays * dayMs,
  hourlyMs: retention.hourlyDays * dayMs,
});

/** The store that the settings ask for, not started yet. */
export function openSeries(needs: {
  settings: SeriesSettings;
  workerUrl: URL;
  clock: Clock;
  log: Log;
  /** Which hours are not rolled up. */
  pending: PendingHours;
}): SeriesStore {
  const { settings, workerUrl, clock, log, pending } = needs;
  const base = { clock, log, pending, retention: retentionOf(settings) };
  if (settings.store === "embedded")
    return createEmbeddedSeries({ ...base, workerUrl, file: join(settings.dataDir, "series.db") });
  const { url, database, username, password = "", timeoutMs } = settings.influx;
  const credentials = username === undefined ? {} : { credentials: { username, password } };
  return createInfluxSeries({ ...base, url, database, ...credentials, requestTimeoutMs: timeoutMs });
}
