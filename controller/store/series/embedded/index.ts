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
import { createReadiness, NeedsPerson } from "../readiness.ts";
import { createPlanner } from "../rollup/planner.ts";
import type { CallName, Calls } from "./calls.ts";
import { pack } from "./pack.ts";
import { dayOf } from "./partitions.ts";
import { openSession, QueueFull, type Session, sessionLimits } from "./session.ts";

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

const backoff = { baseMs: 200, maxMs: 10_000 };
const retainEveryMs = 3_600_000;

/** SQLite in a worker thread: one wide table per measurement and day. */
export function createEmbeddedSeries(needs: EmbeddedNeeds): SeriesStore {
  const { clock, log, file, retention, pending, workerUrl, catalogue = wireCatalogue } = needs;
  const plan = createPlanner({ clock, catalogue, retention, pending });
  let session: Session | null = null;
  let cancelRetain: Cancel = () => {};

  const readiness = createReadiness({
    clock,
    log,
    backoff,
    async attempt() {
      if (session) {
        await session.call("check", {});
        return;
      }
      const opening = openSession({
        workerUrl,
        start: { file, catalogue },
        clock,
        callTimeoutMs: needs.callTimeoutMs ?? sessionLimits.callTimeoutMs,
        onOver(why) {
          session = null;
          readiness.away(why);
        },
      });
      session = opening;
      await opening.opened;
      await retain();
    },
  });

  const call = async <N extends CallName>(name: N, ask: Calls[N]["ask"]): Promise<Calls[N]["answer"]> => {
    const state = readiness.state();
    if (!state.ready || !session) throw new StoreAway(state.ready ? "the series worker is not there" : state.why);
    try {
      return await session.call(name, ask);
    } catch (error) {
      // Damage that is found while running: to the caller the store is away.
      throw error instanceof NeedsPerson ? new StoreAway(error.message) : error;
    }
  };

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
      for (let more = true; more && session; ) {
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
      await readiness.start();
      cancelRetain = clock.every(retainEveryMs, () => {
        retain().catch((error: Error) => log.warn("series beyond retention not dropped", { why: error.message }));
      });
    },
    async stop() {
      cancelRetain();
      await readiness.stop();
      await session?.close();
      session = null;
    },
    state: () => readiness.state(),
    async write(points) {
      const { outcomes, accepted } = sift(points, catalogue, oldestAt());
      if (accepted.length === 0) return outcomes;
      try {
        await call("write", { points: pack(accepted, catalogue) });
      } catch (error) {
        if (error instanceof QueueFull) throw error;
        const why = (error as Error).message;
        readiness.away(why);
        throw new StoreAway(why);
      }
      return outcomes;
    },
    async query(query) {
      checkQuery(query, catalogue);
      const planned = await plan(query);
      return { resolution: planned.resolution, series: await call("query", { query, plan: planned }) };
    },
    latest: (now, withinMs) => call("latest", { since: now - withinMs }),
    count: (device, from, to, measurement) => call("count", { device, from, to, measurement: measurement ?? null }),
    rollUp: (hours) => call("rollUp", { hours: hours.slice(0, seriesLimits.hoursPerRollUp) as DeviceHour[] }),
    devicesOn: (at) => call("devicesOn", { day: dayOf(at) }),
    async importRollups(level, buckets) {
      checkBuckets(level, buckets, catalogue);
      await call("importRollups", { level, buckets: buckets as ImportedBucket[] });
    },
  };
}
