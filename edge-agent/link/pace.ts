/** A token bucket: what the backlog may send now, in bytes, as of `at` on the monotonic clock. */
export interface Pace {
  bytes: number;
  at: number;
}

/** What may leave at once after a pause. */
export const burstBytes = 32 * 1024;

export const newPace = (now: number): Pace => ({ bytes: burstBytes, at: now });

const filled = ({ bytes, at }: Pace, now: number, bytesPerSecond: number): number =>
  Math.min(burstBytes, bytes + (Math.max(0, now - at) * bytesPerSecond) / 1000);

/** When something of that size may leave. A batch that is larger than the bucket waits until it is full, and leaves a debt. */
export function readyAt(pace: Pace, bytes: number, now: number, bytesPerSecond: number): number {
  const lacking = Math.min(bytes, burstBytes) - filled(pace, now, bytesPerSecond);
  return lacking <= 0 ? now : now + Math.ceil((1000 * lacking) / bytesPerSecond);
}

/** It left. */
export const spent = (pace: Pace, bytes: number, now: number, bytesPerSecond: number): Pace => ({
  bytes: filled(pace, now, bytesPerSecond) - bytes,
  at: now,
});
