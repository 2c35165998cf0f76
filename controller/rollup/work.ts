import { type Cancel, type Clock, sleep } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { hourOf, type SeriesStore, StoreAway } from "../store/series/index.ts";
import { rollupLimits } from "./limits.ts";
import type { RollupMarks, Taken } from "./marks.ts";

export interface Progress {
  /** Hours of devices whose buckets are due. Those that are not over are not counted. */
  pendingHours: number;
  oldestPendingAt: number | null;
  /** Since the start. */
  doneHours: number;
  /** Times that all marks were gone through, since the start. */
  rounds: number;
  /** Of the round that runs, or the last one that had something to do. */
  ratePerSecond: number;
  /** Why nothing goes on; null: nothing is wrong. */
  waitsFor: string | null;
}

/** Works the marks off, oldest first, in rounds. A round takes each mark once: what comes in meanwhile is for the next,
 *  so an hour that fills slowly is not made anew for every batch. */
export function createWork(needs: {
  clock: Clock;
  log: Log;
  marks: Pick<RollupMarks, "take" | "done" | "waiting">;
  store: Pick<SeriesStore, "rollUp">;
  /** Done before the first round; tried again until it succeeds. */
  first(): Promise<void>;
}) {
  const { clock, log, marks, store } = needs;
  const progress: Progress = {
    pendingHours: 0,
    oldestPendingAt: null,
    doneHours: 0,
    rounds: 0,
    ratePerSecond: 0,
    waitsFor: null,
  };
  let running: Promise<void> | null = null;
  let stopping = false;
  let wake: () => void = () => {};
  let woken = false;

  /** Ends early when the work stops or there is something to do at once. */
  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (stopping) return resolve();
      let cancel: Cancel = () => {};
      wake = () => {
        cancel();
        resolve();
      };
      cancel = clock.after(ms, wake);
    });

  const due = (): number => hourOf(clock.now() - rollupLimits.graceMs);

  /** @returns what is wrong with hours that could not be made; null: nothing */
  async function round(): Promise<string | null> {
    const before = due();
    const { hours, oldestAt } = await marks.waiting(before);
    Object.assign(progress, { pendingHours: hours, oldestPendingAt: oldestAt });
    if (hours === 0) return null;
    const startedAt = clock.monotonic();
    let done = 0;
    let problem: string | null = null;
    let last: Taken | null = null;
    while (!stopping) {
      const taken: Taken[] = await marks.take(before, last, rollupLimits.hoursAtOnce);
      if (taken.length === 0) break;
      last = taken.at(-1) ?? null;
      progress.oldestPendingAt = taken[0]?.hourAt ?? null;
      const { made, why } = await make(taken);
      await marks.done(made);
      problem ??= why;
      done += made.length;
      progress.doneHours += made.length;
      progress.pendingHours = Math.max(0, progress.pendingHours - made.length);
      progress.ratePerSecond = done / Math.max(0.001, (clock.monotonic() - startedAt) / 1_000);
    }
    if (!stopping) Object.assign(progress, await remaining(before));
    log.debug("rolled up", { hours: done, left: progress.pendingHours });
    return problem;
  }

  const remaining = async (before: number) => {
    const { hours, oldestAt } = await marks.waiting(before);
    return { pendingHours: hours, oldestPendingAt: oldestAt };
  };

  /** Makes the hours one after the other. One that the store fails at is left for the next round: it must not keep all
   *  later ones waiting. Rejects with StoreAway. */
  async function make(hours: readonly Taken[]): Promise<{ made: Taken[]; why: string | null }> {
    const made: Taken[] = [];
    let why: string | null = null;
    let atOnce = hours.length;
    for (let next = 0; next < hours.length && !stopping; ) {
      const startedAt = clock.monotonic();
      try {
        const count = await store.rollUp(hours.slice(next, next + atOnce));
        made.push(...hours.slice(next, next + count));
        next += count;
      } catch (error) {
        if (error instanceof StoreAway) throw error;
        // Which of them it was shows when each is alone.
        if (atOnce === 1) {
          const { device, hourAt } = hours[next++] as Taken;
          why ??= `${device}, ${new Date(hourAt).toISOString()}: ${error instanceof Error ? error.message : error}`;
        }
        atOnce = 1;
      }
      const tookMs = clock.monotonic() - startedAt;
      if (next < hours.length) await sleep(clock, Math.min(1_000, tookMs * rollupLimits.restShare));
    }
    return { made, why };
  }

  async function run(): Promise<void> {
    let begun = false;
    while (!stopping) {
      woken = false;
      const startedAt = clock.monotonic();
      try {
        if (!begun) await needs.first();
        begun = true;
        const why = await round();
        if (why !== null && progress.waitsFor === null) log.warn("an hour cannot be rolled up", { why });
        progress.rounds += 1;
        progress.waitsFor = why;
        const untilNextMs = rollupLimits.roundMs - (clock.monotonic() - startedAt);
        if (!woken && untilNextMs > 0) await rest(untilNextMs);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (progress.waitsFor === null)
          log.warn("roll-ups wait", { why, ...(error instanceof StoreAway ? {} : { error }) });
        progress.waitsFor = why;
        await rest(rollupLimits.retryMs);
      }
    }
  }

  return {
    start(): void {
      running = run();
    },
    async stop(): Promise<void> {
      stopping = true;
      wake();
      await running;
    },
    /** There is something to do: the next round begins now. */
    hurry(): void {
      woken = true;
      wake();
    },
    progress: (): Progress => ({ ...progress }),
  };
}
