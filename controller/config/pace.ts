import type { Cancel, Clock } from "../base/clock.ts";

const stepMs = 100;

/** Runs jobs at a limited rate, in the order in which their keys were first put. A key that waits already is not put
 *  twice, so what waits is bounded by the number of devices. */
export function createPace(needs: { clock: Clock; perSecond: number; run(key: string): Promise<void> }) {
  const waiting = new Set<string>();
  const atOnce = Math.max(1, Math.floor((needs.perSecond * stepMs) / 1_000));
  let timer: Cancel | null = null;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  async function some(): Promise<void> {
    for (const key of [...waiting].slice(0, atOnce)) {
      waiting.delete(key);
      if (!stopped) await needs.run(key);
    }
  }
  function step(): void {
    running = some().finally(() => {
      timer = waiting.size > 0 && !stopped ? needs.clock.after(stepMs, step) : null;
    });
  }

  return {
    put(key: string): void {
      if (stopped) return;
      waiting.add(key);
      timer ??= needs.clock.after(0, step);
    },
    drop: (key: string): void => void waiting.delete(key),
    async stop(): Promise<void> {
      stopped = true;
      timer?.();
      await running;
    },
  };
}
