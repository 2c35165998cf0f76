const minuteMs = 60_000;

/** Every bound of this room. */
export const notifyLimits = {
  channels: 100,
  /** Notices that wait; further ones are dead at once, and shown as such. */
  waiting: 10_000,
  /** How many are sent at the same time, in all and to one channel. */
  inFlight: 16,
  inFlightOfChannel: 4,
  /** Looked at in one round. */
  roundRows: 500,
  roundMs: 1_000,
  retryBaseMs: 2_000,
  retryMaxMs: 10 * minuteMs,
  /** What a receiver may ask for at most. */
  retryAfterMaxMs: 60 * minuteMs,
  /** Older notices help nobody. */
  ageMaxMs: 24 * 60 * minuteMs,
  /** One attempt in all; shorter than the lease, so that a second worker never sends what is being sent. */
  attemptMs: 20_000,
  leaseMs: 30_000,
  /** Of a receiver's answer. */
  answerBytes: 4 * 1024,
  answerChars: 300,
  webhookMs: 10_000,
  mailMs: 10_000,
  /** What is done is kept for so long. */
  keptMs: 90 * 24 * 60 * minuteMs,
} as const;
export type NotifyLimits = { [K in keyof typeof notifyLimits]: number };
