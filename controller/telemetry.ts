import type { Clock } from "./base/clock.ts";
import type { Log } from "./base/log.ts";
import { createRollupMarks, createRollups } from "./rollup/index.ts";
import type { Settings } from "./settings/index.ts";
import type { Records } from "./store/records/index.ts";
import { openSeries } from "./store/series/index.ts";

/** The part of app.ts that keeps what was measured: the series store, which hours have to be rolled up, and who does it. */
export async function wireTelemetry(needs: {
  clock: Clock;
  log: Log;
  settings: Settings;
  records: Records;
  workerUrl: URL;
  audit: Parameters<typeof createRollups>[0]["audit"];
  stops: (() => Promise<void>)[];
}) {
  const { settings, workerUrl, audit, stops, clock, log } = needs;
  const marks = createRollupMarks(needs.records.db);
  const series = openSeries({ settings, workerUrl, pending: marks, clock, log });
  await series.start();
  stops.push(() => series.stop());
  const rollups = createRollups({ clock, log, marks, store: series, audit, retention: settings.retention });
  rollups.start();
  stops.push(() => rollups.stop());
  return { series, marks, rollups };
}
