const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Every bound of this room. */
export const authLimits = {
  /** A session ends after so long without a request, and after so long in any case. */
  sessionIdleMs: 7 * dayMs,
  sessionMaxMs: 30 * dayMs,
  /** "Seen" is written at most so often: a request must not cost a write. */
  sessionTouchMs: minuteMs,
  /** More end the oldest. */
  sessionsPerUser: 50,
  linkMs: 15 * minuteMs,
  linksPerUser: 20,
  users: 1_000,
  tokens: 1_000,
  tokenMaxMs: 3_650 * dayMs,
  passwordChars: { least: 12, most: 256 },
  nameChars: 64,
  /** Passwords hashed at the same time: each takes 19 MiB. */
  hashesAtOnce: 8,
  auditBytes: 16 * 1024,
} as const;

/** Sign-ins that may fail in a window. By user and address together: a guesser. By address: one guesser, many users. By
 *  user: many guessers, one user; wide, since it also keeps the user out. */
export const signInLimits = { windowMs: 15 * minuteMs, together: 10, address: 50, user: 100 } as const;
export type SignInLimits = { [K in keyof typeof signInLimits]: number };
