import { Problem } from "./errors.ts";

/** Runs one job at a time, in order. A job that fails fails alone. At most `limit` wait; more are refused ("away"). */
export type Serial = <T>(job: () => Promise<T>) => Promise<T>;

export function createSerial(limit: number): Serial {
  let tail: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return <T>(job: () => Promise<T>): Promise<T> => {
    if (waiting >= limit) {
      const full = new Problem("away", "busy", `${limit} changes wait already; try again`, { retryAfterMs: 1_000 });
      return Promise.reject(full);
    }
    waiting += 1;
    const run = tail.then(job).finally(() => {
      waiting -= 1;
    });
    tail = run.catch(() => undefined);
    return run;
  };
}
