import type { Clock } from "../../../base/clock.ts";
import type { Log } from "../../../base/log.ts";
import { StoreAway } from "../contract.ts";
import { createReadiness, NeedsPerson } from "../readiness.ts";
import type { CallName, Calls, WorkerStart } from "./calls.ts";
import { openSession, type Session } from "./session.ts";

const backoff = { baseMs: 200, maxMs: 10_000 };

/** One of the two workers, opened again when it ends.
 *  @param needs.before rejects while it may not be opened yet
 *  @param needs.opened done before it is used, with its calls */
export function createSide(needs: {
  /** As the log calls it. */
  name: string;
  start: WorkerStart;
  workerUrl: URL;
  clock: Clock;
  log: Log;
  callTimeoutMs: number;
  before?(): void;
  opened?(session: Session): Promise<void>;
}) {
  const { name, clock, log, start, workerUrl, callTimeoutMs } = needs;
  let session: Session | null = null;

  const readiness = createReadiness({
    name,
    clock,
    log,
    backoff,
    async attempt() {
      if (session) {
        await session.call("check", {});
        return;
      }
      needs.before?.();
      const opening = openSession({
        workerUrl,
        start,
        clock,
        callTimeoutMs,
        onOver(why) {
          session = null;
          readiness.away(why);
        },
      });
      session = opening;
      await opening.opened;
      await needs.opened?.(opening);
    },
  });

  return {
    start: readiness.start,
    state: readiness.state,
    away: readiness.away,
    look: readiness.look,
    session: (): Session | null => session,
    /** Rejects with StoreAway where it cannot be asked or has no answer. */
    async call<N extends CallName>(name: N, ask: Calls[N]["ask"]): Promise<Calls[N]["answer"]> {
      const state = readiness.state();
      if (!state.ready || !session) throw new StoreAway(state.ready ? "the series worker is not there" : state.why);
      try {
        return await session.call(name, ask);
      } catch (error) {
        // Damage that is found while running: to the caller the store is away.
        throw error instanceof NeedsPerson ? new StoreAway(error.message) : error;
      }
    },
    async stop(): Promise<void> {
      await readiness.stop();
      await session?.close();
      session = null;
    },
  };
}
