/** How many messages a channel may get: so many at once, and so many more a minute. */
export interface Rate {
  perMinute: number;
  burst: number;
}

export interface Bucket {
  /** null: never used, full. */
  tokens: number | null;
  at: number;
}

const minuteMs = 60_000;

/** Takes one, if there is one. A clock that was set back fills nothing and costs nothing. Pure.
 *  @returns `waitMs`: until there is one, when there is none */
export function takeToken(bucket: Bucket, rate: Rate, now: number): { taken: boolean; bucket: Bucket; waitMs: number } {
  const filled = (Math.max(0, now - bucket.at) * rate.perMinute) / minuteMs;
  const tokens = Math.min(rate.burst, bucket.tokens === null ? rate.burst : bucket.tokens + filled);
  if (tokens >= 1) return { taken: true, bucket: { tokens: tokens - 1, at: now }, waitMs: 0 };
  return { taken: false, bucket: { tokens, at: now }, waitMs: Math.ceil(((1 - tokens) * minuteMs) / rate.perMinute) };
}
