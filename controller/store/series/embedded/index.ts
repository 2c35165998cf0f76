import { catalogue as wireCatalogue } from "#wire";
import type { Cancel, Clock } from "../../../base/clock.ts";
import type { Log } from "../../../base/log.ts";
import { type Catalogue, sift } from "../accept.ts";
import { checkQuery } from "../aggregate.ts";
import { checkBuckets } from "../buckets.ts";
import {
  type DeviceHour,
  type ImportedBucket,
  type PendingHours,
  type Retention,
  type SeriesStore,
  StoreAway,
  seriesLimits,
} from "../contract.ts";
import { createPlanner } from "../rollup/planner.ts";
import { createPacker } from "./pack.ts";
import { dayOf } from "./partitions.ts";
import { QueueFull, sessionLimits } from "./session.ts";
import { createSide } from "./side.ts";

export interface EmbeddedNeeds {
  /** The built worker (dist/series-worker.js): a worker thread runs no TypeScript. */
  workerUrl: URL;
  /** The database; its folder exists. */
  file: string;
  clock: Clock;
  log: Log;
  /** How long points and buckets are kept; whole UTC days are dropped. */
  retention: Retention;
  /** Absent: nobody makes roll-ups. */
  pending?: PendingHours | undefined;
  catalogue?: Catalogue;
  callTimeoutMs?: number;
}

const retainEveryMs = 3_600_000;

/** SQLite, one wide table per measurement and day, with two threads of its own: one writes, one answers questions. A
 *  question that takes seconds holds nothing that devices send. */
export function createEmbeddedSeries(needs: EmbeddedNeeds): SeriesStore {
  const { clock, log, file, retention, pending, workerUrl, catalogue = wireCatalogue } = needs;
  const pack = createPacker(catalogue);
  const plan = createPlanner({ clock, catalogue, retention, pending });
  let cancelRetain: Cancel = () => {};
  const base = { workerUrl, clock, log, callTimeoutMs: needs.callTimeoutMs ?? sessionLimits.callTimeoutMs };
  let isMade = false;
  let isStarted = false;

  const writing = createSide({
    ...base,
    name: "series store",
    start: { side: "write", file, catalogue },
    async opened() {
      isMade = true;
      if (isStarted) reading.look();
      await retain();
    },
  });
  const reading = createSide({
    ...base,
    name: "series reader",
    start: { side: "read", file, catalogue },
    // To open it is to make it, and that is the writer's.
    before() {
      if (!isMade) throw new StoreAway("the series file is not open yet");
    },
  });

  const oldestAt = (): number => clock.now() - retention.rawMs;

  let retaining = false;
  /** In turns, so that writes get in between. Raw points of an hour that is not rolled up stay. */
  const retain = async (): Promise<void> => {
    if (retaining) return;
    retaining = true;
    try {
      const now = clock.now();
      const raw = Math.min(oldestAt(), (await pending?.oldestAt()) ?? oldestAt());
      const oldest = { raw, fiveMinute: now - retention.fiveMinuteMs, hourly: now - retention.hourlyMs };
      for (let more = true; more; ) {
        const session = writing.session();
        if (!session) return;
        const swept = await session.call("retain", { oldestAt: oldest });
        more = swept.more;
        if (swept.dropped.length > 0) log.info("series beyond retention dropped", { tables: swept.dropped });
      }
    } finally {
      retaining = false;
    }
  };

  return {
    kind: "embedded",
    async start() {
      await writing.start();
      await reading.start();
      isStarted = true;
      cancelRetain = clock.every(retainEveryMs, () => {
        retain().catch((error: Error) => log.warn("series beyond retention not dropped", { why: error.message }));
      });
    },
    async stop() {
      cancelRetain();
      await reading.stop();
      await writing.stop();
    },
    /** Whether points can be stored. */
    state: writing.state,
    async write(points) {
      const { outcomes, accepted } = sift(points, catalogue, oldestAt());
      if (accepted.length === 0) return outcomes;
      try {
        await writing.call("write", { points: pack(accepted) });
      } catch (error) {
        if (error instanceof QueueFull) throw error;
        const why = (error as Error).message;
        writing.away(why);
        throw new StoreAway(why);
      }
      return outcomes;
    },
    async query(query) {
      checkQuery(query, catalogue);
      const planned = await plan(query);
      return { resolution: planned.resolution, series: await reading.call("query", { query, plan: planned }) };
    },
    latest: (now, withinMs) => reading.call("latest", { since: now - withinMs }),
    count: (device, from, to, measurement) =>
      reading.call("count", { device, from, to, measurement: measurement ?? null }),
    rollUp: (hours) => writing.call("rollUp", { hours: hours.slice(0, seriesLimits.hoursPerRollUp) as DeviceHour[] }),
    devicesOn: (at) => reading.call("devicesOn", { day: dayOf(at) }),
    hoursOn: (at, devices) =>
      reading.call("hoursOn", { day: dayOf(at), devices: devices.slice(0, seriesLimits.devicesPerHoursOn) }),
    async importRollups(level, buckets) {
      checkBuckets(level, buckets, catalogue);
      await writing.call("importRollups", { level, buckets: buckets as ImportedBucket[] });
    },
  };
}
