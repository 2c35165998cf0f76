import type { Cancel, Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { fullJitter } from "../base/retry.ts";
import { StoreAway } from "../store/series/index.ts";

/** Tries until it works: a store that is away means wait, and accuse nobody. */
export function createPatience(needs: { clock: Clock; log: Log; baseMs: number; maxMs: number }) {
  const { clock, log } = needs;
  let away: { since: number; why: string } | null = null;
  let over = false;
  let retries = 0;
  const waiting = new Set<() => void>();

  /** Ends early when the patience does. */
  function pause(attempt: number): Promise<void> {
    return new Promise((resolve) => {
      let cancel: Cancel = () => {};
      const done = () => {
        cancel();
        waiting.delete(done);
        resolve();
      };
      waiting.add(done);
      cancel = clock.after(fullJitter(attempt, needs), done);
    });
  }

  function wakeAll(): void {
    for (const done of [...waiting]) done();
  }

  return {
    /** @returns what `work` gives, or null when the controller stops first */
    async until<T>(work: () => Promise<T>): Promise<T | null> {
      for (let attempt = 0; ; attempt++) {
        try {
          const result = await work();
          if (away) {
            log.info("storing again", { afterMs: clock.now() - away.since });
            away = null;
            // Who has waited longest has the longest pause before it: what came first must not be stored last.
            wakeAll();
          }
          return result;
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          if (!away) log.error("cannot store", { why, ...(error instanceof StoreAway ? {} : { error }) });
          away = { since: away?.since ?? clock.now(), why };
          retries++;
          if (!over) await pause(attempt);
          if (over) return null;
        }
      }
    },
    away: (): { since: number; why: string } | null => away,
    retries: (): number => retries,
    isOver: (): boolean => over,
    end(): void {
      over = true;
      wakeAll();
    },
  };
}

export type Patience = ReturnType<typeof createPatience>;
