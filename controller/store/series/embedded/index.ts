import { catalogue as wireCatalogue } from "#wire";
import type { Cancel, Clock } from "../../../base/clock.ts";
import type { Log } from "../../../base/log.ts";
import { type Catalogue, sift } from "../accept.ts";
import { checkQuery } from "../aggregate.ts";
import { type SeriesStore, StoreAway } from "../contract.ts";
import { createReadiness, NeedsPerson } from "../readiness.ts";
import type { CallName, Calls } from "./calls.ts";
import { openSession, QueueFull, type Session, sessionLimits } from "./session.ts";

export interface EmbeddedNeeds {
  /** The built worker (dist/series-worker.js): a worker thread runs no TypeScript. */
  workerUrl: URL;
  /** The database; its folder exists. */
  file: string;
  clock: Clock;
  log: Log;
  /** How long points are kept; whole UTC days are dropped. */
  retentionMs: number;
  catalogue?: Catalogue;
  callTimeoutMs?: number;
}

const backoff = { baseMs: 200, maxMs: 10_000 };
const retainEveryMs = 3_600_000;

/** SQLite in a worker thread: one wide table per measurement and day. */
export function createEmbeddedSeries(needs: EmbeddedNeeds): SeriesStore {
  const { clock, log, file, retentionMs, workerUrl, catalogue = wireCatalogue } = needs;
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

  const oldestAt = (): number => clock.now() - retentionMs;

  const retain = async (): Promise<void> => {
    const dropped = await session?.call("retain", { oldestAt: oldestAt() });
    if (dropped?.length) log.info("series beyond retention dropped", { tables: dropped });
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
        await call("write", { points: accepted });
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
      return { resolution: "raw", series: await call("query", { query }) };
    },
    latest: (now, withinMs) => call("latest", { since: now - withinMs }),
    count: (device, from, to, measurement) => call("count", { device, from, to, measurement: measurement ?? null }),
  };
}
