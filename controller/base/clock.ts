/** Ends a timer. Calling it twice, or after it ran, does nothing. */
export type Cancel = () => void;

/** The only way for the controller to know or await time; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970 UTC. May jump. */
  now(): number;
  /** Milliseconds from some start. Never jumps. */
  monotonic(): number;
  after(ms: number, run: () => void): Cancel;
  every(ms: number, run: () => void): Cancel;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  every(ms, run) {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
};

export const sleep = (clock: Clock, ms: number): Promise<void> => new Promise((done) => clock.after(ms, done));
