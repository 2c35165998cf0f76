/** Asks again and again until it is so; the answer. Rejects with what was last seen. The time is for a machine that is busy
 *  with other tests: nothing waits for its end but what is wrong. */
export async function until<T>(
  ask: () => T | Promise<T>,
  met: (value: T) => boolean = Boolean,
  withinMs = 45_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  let last: T | undefined;
  let failure: unknown;
  for (;;) {
    try {
      last = await ask();
      failure = undefined;
      if (met(last)) return last;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > end) {
      throw new Error(`not so within ${withinMs} ms; last: ${failure ?? JSON.stringify(last)?.slice(0, 2_000)}`);
    }
    await new Promise((next) => setTimeout(next, 50));
  }
}
