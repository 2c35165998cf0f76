import type { Cancel, Time } from "../host/index.ts";

/** A heartbeat says what is held; so often at least, however much else is sent. */
export const heartbeatAtLeastMs = 5 * 60_000;
/** Telemetry that is about to leave makes a heartbeat needless. */
const slackMs = 500;

export interface Pulse {
  /** Something left. */
  left(): void;
  start(): void;
  stop(): void;
}

/** Calls `beat` when nothing else left for `intervalMs`, and at least every 5 minutes. Another interval holds from the
 *  next `start` on. */
export function createPulse(time: Time, intervalMs: () => number, beat: () => void): Pulse {
  let leftAt = 0;
  let beatAt = 0;
  let timer: Cancel | undefined;

  const dueAt = (): number => Math.min(leftAt + intervalMs() + slackMs, beatAt + heartbeatAtLeastMs);
  const wait = (): void => {
    timer = time.after(Math.max(1, dueAt() - time.monotonic()), () => {
      if (time.monotonic() >= dueAt()) {
        leftAt = beatAt = time.monotonic();
        beat();
      }
      wait();
    });
  };
  return {
    left() {
      leftAt = time.monotonic();
    },
    start() {
      leftAt = beatAt = time.monotonic();
      timer?.();
      wait();
    },
    stop: () => timer?.(),
  };
}
