import type { Clock } from "../controller/base/clock.ts";

export interface FakeClock extends Clock {
  /** Moves time on and runs, in order, what falls due. */
  advance(ms: number): void;
  /** Timers that wait. */
  pending(): number;
}

/** Time that moves when the test says so. */
export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  let elapsed = 0;
  let order = 0;
  const timers = new Map<number, { due: number; run(): void; everyMs?: number }>();
  const add = (ms: number, run: () => void, everyMs?: number) => {
    const id = order++;
    timers.set(id, { due: elapsed + Math.max(0, ms), run, ...(everyMs === undefined ? {} : { everyMs }) });
    return () => void timers.delete(id);
  };
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after: (ms, run) => add(ms, run),
    every: (ms, run) => add(ms, run, ms),
    pending: () => timers.size,
    advance(ms) {
      const until = elapsed + ms;
      for (;;) {
        const next = [...timers]
          .filter(([, t]) => t.due <= until)
          .sort((a, b) => a[1].due - b[1].due || a[0] - b[0])[0];
        if (!next) break;
        const [id, timer] = next;
        elapsed = Math.max(elapsed, timer.due);
        if (timer.everyMs === undefined) timers.delete(id);
        else timer.due += timer.everyMs;
        timer.run();
      }
      elapsed = until;
    },
  };
}
