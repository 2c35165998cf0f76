/** Every bound of this room. */
export const httpLimits = {
  /** Body of a call by people. */
  bodyBytes: 256 * 1024,
  /** A spreadsheet of sites or devices, as text or in rows. */
  importBytes: 2 * 1024 * 1024,
  /** Body of a device that knocks: nobody is trusted before it. */
  enrolmentBytes: 8 * 1024,
  urlChars: 4 * 1024,
  pageItems: 1_000,
  pageItemsUsual: 100,
  /** Points in one answer of /series. */
  points: 10_000,
  /** Buckets a series when nobody says how wide they are: at most so many. */
  bucketsUsual: 400,
  rangeMs: 5 * 366 * 86_400_000,
  idempotencyKeyChars: 128,
  fileBytes: 16 * 1024 * 1024,
  headersBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
} as const;

/** Of GET /stream. */
export const liveLimits = {
  /** Events kept for those who come back. */
  keptEvents: 4_000,
  keptBytes: 8 * 1024 * 1024,
  /** Longer ones are not sent. */
  eventBytes: 256 * 1024,
  subscribers: 500,
  /** Unread by one subscriber; more, and it is cut: it comes back and is told what it missed. */
  unreadBytes: 1024 * 1024,
  pingMs: 15_000,
} as const;
export type LiveLimits = { [K in keyof typeof liveLimits]: number };
