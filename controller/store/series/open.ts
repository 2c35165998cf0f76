import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { SeriesStore } from "./contract.ts";
import { createEmbeddedSeries } from "./embedded/index.ts";
import { createInfluxSeries } from "./influx/index.ts";

/** The settings that decide where telemetry is kept. */
export interface SeriesSettings {
  store: "embedded" | "influx";
  dataDir: string;
  retention: { rawDays: number };
  influx: {
    url: string;
    database: string;
    username?: string | undefined;
    password?: string | undefined;
    timeoutMs: number;
  };
}

/** The store that the settings ask for, not started yet. */
export function openSeries(needs: { settings: SeriesSettings; workerUrl: URL; clock: Clock; log: Log }): SeriesStore {
  const { settings, workerUrl, clock, log } = needs;
  const retentionMs = settings.retention.rawDays * 86_400_000;
  if (settings.store === "embedded")
    return createEmbeddedSeries({ workerUrl, file: join(settings.dataDir, "series.db"), clock, log, retentionMs });
  const { url, database, username, password = "", timeoutMs } = settings.influx;
  const credentials = username === undefined ? {} : { credentials: { username, password } };
  return createInfluxSeries({ url, database, ...credentials, requestTimeoutMs: timeoutMs, clock, log, retentionMs });
}
