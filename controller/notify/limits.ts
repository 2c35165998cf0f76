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
  /** A critical notice that a channel can't deliver goes to another one after this. */
  passOnMs: minuteMs,
  /** What a channel does not take at once is gathered so long, then told in one message. */
  overflowMs: minuteMs,
  /** Incidents in one digest; further ones are in the next. */
  digestItems: 50,
  /** How long a removed channel can be brought back. */
  undoMs: 10 * minuteMs,
  /** What a channel keeps of an incident, as JSON. */
  handleChars: 2_048,
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
  /** Of those that send back what they made of it. */
  longAnswerBytes: 64 * 1024,
  /** A body made of a template. */
  bodyChars: 64 * 1024,
  templateChars: 16 * 1024,
  callMs: 10_000,
  mailMs: 10_000,
  /** What is done is kept for so long. */
  keptMs: 90 * 24 * 60 * minuteMs,
} as const;
export type NotifyLimits = { [K in keyof typeof notifyLimits]: number };
