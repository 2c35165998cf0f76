import type { Clock } from "../../../controller/base/clock.ts";

/** A clock that stands until a test moves it. */
export interface HandClock extends Clock {
  /** Time passes; what is due runs, in order. */
  pass(ms: number): void;
  /** Timers that wait. */
  pending(): number;
}

export function handClock(start = Date.UTC(2026, 5, 1, 12)): HandClock {
  let now = start;
  let timers: { at: number; everyMs: number | null; run: () => void }[] = [];
  const add = (at: number, everyMs: number | null, run: () => void) => {
    const timer = { at, everyMs, run };
    timers.push(timer);
    return () => {
      timers = timers.filter((one) => one !== timer);
    };
  };
  return {
    now: () => now,
    monotonic: () => now - start,
    after: (ms, run) => add(now + ms, null, run),
    every: (ms, run) => add(now + ms, ms, run),
    pending: () => timers.length,
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const due = timers.filter((one) => one.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        now = Math.max(now, due.at);
        if (due.everyMs === null) timers = timers.filter((one) => one !== due);
        else due.at += due.everyMs;
        due.run();
      }
      now = end;
    },
  };
}
