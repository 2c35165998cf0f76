import type { Clock } from "../../base/clock.ts";
import { invalid, notFound, tooMany } from "../../base/errors.ts";
import { randomId } from "../../base/ids.ts";
import type { Log } from "../../base/log.ts";
import type { Rule } from "../rules/schema.ts";
import { backtestLimits, widthMs } from "./limits.ts";
import { whyNot } from "./plan.ts";
import { type BacktestResult, Cancelled, type Progress, type RunNeeds, runBacktest } from "./run.ts";

export { backtestLimits };

export interface BacktestWish {
  rule: Rule;
  from?: number | undefined;
  to?: number | undefined;
}

export interface BacktestView {
  id: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  progress: Progress;
  /** Why it failed. */
  why?: string;
  result?: BacktestResult;
}

interface Job extends BacktestView {
  rule: Rule;
  from: number;
  to: number;
  endedAt: number | null;
}

/** What a rule would have done: one at a time, a few that wait, and what they found for a while. In memory only. */
export function createBacktests(needs: RunNeeds & { clock: Clock; log: Log }) {
  const { clock, log } = needs;
  const jobs = new Map<string, Job>();
  let running: Promise<void> | null = null;

  const forget = (): void => {
    const over = [...jobs.values()].filter(({ endedAt }) => endedAt !== null);
    const tooOld = over.filter(({ endedAt }) => clock.now() - (endedAt ?? 0) > backtestLimits.keptMs);
    const beyond = over.slice(0, Math.max(0, over.length - backtestLimits.kept));
    for (const { id } of [...tooOld, ...beyond]) jobs.delete(id);
  };

  const nextOne = (): Job | undefined => [...jobs.values()].find(({ state }) => state === "waiting");
  async function runAll(): Promise<void> {
    for (let job = nextOne(); job; job = nextOne()) await run(job);
  }
  function start(): void {
    running ??= runAll().finally(() => {
      running = null;
      if (nextOne()) start();
    });
  }

  async function run(job: Job): Promise<void> {
    job.state = "running";
    const isCancelled = (): boolean => job.state === "cancelled";
    const tell = (progress: Progress): void => {
      job.progress = progress;
    };
    try {
      const result = await runBacktest(needs, job, tell, isCancelled);
      if (!isCancelled()) Object.assign(job, { state: "done", result });
    } catch (error) {
      if (!(error instanceof Cancelled)) {
        log.warn("a backtest failed", { error });
        Object.assign(job, { state: "failed", why: (error as Error).message });
      }
    }
    job.endedAt = clock.now();
  }

  return {
    /** Throws "invalid" with what is allowed, or "too-many". */
    begin({ rule, from, to }: BacktestWish): BacktestView {
      forget();
      const range = rangeOf(clock.now(), from, to);
      const message = whyNot(rule);
      if (message !== null) throw invalid(message, [{ path: "rule.value", message }]);
      const waiting = [...jobs.values()].filter(({ state }) => state === "waiting").length;
      if (waiting >= backtestLimits.waiting)
        throw tooMany(`${waiting} backtests wait already; try again when one is over`, 30_000);
      const id = randomId("backtest");
      jobs.set(id, { id, state: "waiting", progress: { devices: 0, of: 0 }, rule, ...range, endedAt: null });
      start();
      return viewOf(jobs.get(id), id);
    },
    of(id: string): BacktestView {
      forget();
      return viewOf(jobs.get(id), id);
    },
    /** It ends, and what it found is forgotten. */
    cancel(id: string): void {
      const job = jobs.get(id);
      if (!job) throw notFound("backtest", id);
      job.state = "cancelled";
      jobs.delete(id);
    },
    async stop(): Promise<void> {
      for (const job of jobs.values()) job.state = "cancelled";
      await running;
    },
    /** Until all are over. */
    idle: async (): Promise<void> => void (await running),
  };
}
export type Backtests = ReturnType<typeof createBacktests>;

function viewOf(job: Job | undefined, id: string): BacktestView {
  if (!job) throw notFound("backtest", id);
  const { state, progress, why, result } = job;
  return { id, state, progress, ...(why === undefined ? {} : { why }), ...(result ? { result } : {}) };
}

/** Whole buckets; the last 30 days unless told. */
function rangeOf(
  now: number,
  askedFrom: number | undefined,
  askedTo: number | undefined,
): { from: number; to: number } {
  const { usualRangeMs, longestRangeMs, shortestRangeMs } = backtestLimits;
  const to = Math.min(askedTo ?? now, now);
  const from = askedFrom ?? to - usualRangeMs;
  const wrong = (message: string) => invalid(`from: ${message}`, [{ path: "from", message }]);
  if (to - from < shortestRangeMs) throw wrong("at least an hour before to, which is at most now");
  if (to - from > longestRangeMs) throw wrong("at most 90 days before to");
  return { from: from - (from % widthMs), to: to - (to % widthMs) };
}
