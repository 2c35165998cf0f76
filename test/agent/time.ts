import type { Time } from "../../edge-agent/index.ts";

export interface FakeTime extends Time {
  /** Moves both clocks and runs what is due, in order; promises get their turn in between. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock only, as NTP does. */
  setWall(now: number): void;
}

/** Time that stands still until it is told otherwise. */
export function fakeTime(wall: number = Date.UTC(2026, 5, 1)): FakeTime {
  let monotonic = 5_000;
  let offset = wall - monotonic;
  let timers: { at: number; run: () => void }[] = [];
  const settle = (): Promise<void> => new Promise((done) => setImmediate(done));
  return {
    now: () => monotonic + offset,
    monotonic: () => monotonic,
    after(ms, run) {
      const timer = { at: monotonic + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((t) => t !== timer);
      };
    },
    async advance(ms) {
      const end = monotonic + ms;
      for (;;) {
        await settle();
        const next = timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((t) => t !== next);
        monotonic = Math.max(monotonic, next.at);
        next.run();
      }
      monotonic = end;
      await settle();
    },
    setWall(now) {
      offset = now - monotonic;
    },
  };
}
