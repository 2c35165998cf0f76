import { monitorEventLoopDelay } from "node:perf_hooks";

const resolutionMs = 10;

export type LoopLag = ReturnType<typeof createLoopLag>;

/** How late the event loop's turns come. Measured by Node itself, outside of JavaScript. */
export function createLoopLag() {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  return {
    /** The worst since the last call, in milliseconds. */
    takeWorstMs(): number {
      const worst = delay.max / 1e6 - resolutionMs;
      delay.reset();
      return Math.max(0, worst);
    },
    stop: (): void => void delay.disable(),
  };
}
