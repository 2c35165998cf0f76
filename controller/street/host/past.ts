import type { Time } from "../../../edge-agent/index.ts";

interface Timer {
  at: number;
  run: () => void;
}

export interface Past extends Time {
  /** Goes on to `until`, running what falls due in order. Between two moments everything that is waiting gets its turn,
   *  disks excepted: they catch up when they can. */
  play(until: number): Promise<void>;
}

/** A clock that runs as fast as the machine can, from `from` (milliseconds since 1970) on. */
export function createPast(from: number): Past {
  let now = from;
  let timers: Timer[] = [];
  const turn = (): Promise<void> => new Promise((done) => setImmediate(done));

  const next = (until: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) if (timer.at <= until && (!first || timer.at < first.at)) first = timer;
    return first;
  };
  return {
    now: () => now,
    monotonic: () => now - from,
    after(ms, run) {
      const timer = { at: now + Math.max(0, ms), run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    async play(until) {
      for (;;) {
        await turn();
        const due = next(until);
        if (!due) break;
        timers = timers.filter((one) => one !== due);
        now = Math.max(now, due.at);
        due.run();
      }
      now = Math.max(now, until);
      await turn();
    },
  };
}
