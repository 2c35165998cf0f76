import type { Cancel, Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";

export const watchdogLimits = {
  everyMs: 60_000,
  /** Incidents that were not decided for so long are no sign of life. */
  staleMs: 30_000,
} as const;

export interface WatchdogNeeds {
  clock: Clock;
  log: Log;
  /** Outside, expecting a call a minute; null: nobody watches. */
  url: string | null;
  /** One request. @returns null: it was taken; else the receiver's words */
  call(url: string): Promise<string | null>;
  decidedAt(): number;
  /** The controller cannot see its devices. */
  isBlind(): boolean;
}

export interface WatchdogView {
  /** Last time that the receiver took it. */
  takenAt: number | null;
  /** Why the last sign was not given or not taken. */
  problem: string | null;
}

/** A sign of life to somebody outside, who tells people when it stays away: what has died can't say so itself. */
export function createWatchdog(needs: WatchdogNeeds) {
  const { clock, log, url } = needs;
  let view: WatchdogView = { takenAt: null, problem: null };
  let cancel: Cancel = () => {};
  let running: Promise<void> | null = null;

  /** What speaks against a sign of life now. */
  function objection(): string | null {
    if (needs.isBlind()) return "the controller cannot see its devices";
    return clock.now() - needs.decidedAt() > watchdogLimits.staleMs ? "incidents are not being decided" : null;
  }

  async function sign(to: string): Promise<void> {
    const problem = objection() ?? (await needs.call(to));
    if (problem !== null && view.problem === null) log.warn("no sign of life to the watchdog", { problem });
    view = problem === null ? { takenAt: clock.now(), problem: null } : { ...view, problem };
  }

  return {
    start(): void {
      if (url === null) return;
      const run = (): void => {
        running ??= sign(url)
          .catch((error: unknown) => log.error("the watchdog could not be called", { error }))
          .finally(() => {
            running = null;
          });
      };
      run();
      cancel = clock.every(watchdogLimits.everyMs, run);
    },
    async stop(): Promise<void> {
      cancel();
      await running;
    },
    /** null: nobody watches. */
    view: (): WatchdogView | null => (url === null ? null : view),
  };
}
