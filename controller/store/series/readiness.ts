import type { Cancel, Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import { type Backoff, fullJitter } from "../../base/retry.ts";

/** Trying again will not help: a wrong address, refused credentials, a file that isn't a database. */
export class NeedsPerson extends Error {
  override name = "NeedsPerson";
}

export type State = { ready: true } | { ready: false; why: string };
export type Readiness = ReturnType<typeof createReadiness>;

/** Knows whether a store can be used, and keeps trying while it cannot.
 *  @param needs.attempt makes it usable or proves that it is; rejects with the reason
 *  @param needs.name as the log calls it */
export function createReadiness(needs: {
  clock: Clock;
  log: Log;
  backoff: Backoff;
  attempt: () => Promise<void>;
  name?: string;
}) {
  const { clock, log, backoff, name = "series store" } = needs;
  let state: State = { ready: false, why: "not started" };
  let running: Promise<void> | null = null;
  let failures = 0;
  let stopped = false;
  let cancel: Cancel = () => {};

  const attempt = async (): Promise<void> => {
    try {
      await needs.attempt();
      if (stopped) return;
      if (!state.ready) log.info(`${name} is ready`);
      state = { ready: true };
      failures = 0;
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };

  const fail = (why: string): void => {
    if (stopped) return;
    if (state.ready || state.why !== why) log.warn(`${name} is away`, { why });
    state = { ready: false, why };
  };

  const tryAgain = (): void => {
    cancel();
    if (stopped) return;
    cancel = clock.after(fullJitter(failures, backoff), look);
    failures += 1;
  };

  /** Tries now, unless a try is under way. */
  function look(): void {
    if (running || stopped) return;
    running = attempt()
      .catch(tryAgain)
      .finally(() => {
        running = null;
      });
  }

  return {
    state: (): State => state,
    /** Resolves after the first try; rejects with NeedsPerson. */
    async start(): Promise<void> {
      try {
        await attempt();
      } catch (error) {
        if (error instanceof NeedsPerson) throw error;
        tryAgain();
      }
    },
    /** A call found the store away. */
    away(why: string): void {
      const wasReady = state.ready;
      fail(why);
      if (wasReady) tryAgain();
    },
    look,
    async stop(): Promise<void> {
      stopped = true;
      state = { ready: false, why: "stopped" };
      cancel();
      await running;
    },
  };
}
