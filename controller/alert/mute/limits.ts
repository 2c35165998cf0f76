const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Every bound of silences and maintenance windows. */
export const muteLimits = {
  /** Of each kind, those that are over not counted. */
  live: 200,
  whyChars: 500,
  /** Rules that one names. */
  rules: 50,
  rruleChars: 200,
  leastMs: 60_000,
  silenceMs: 30 * dayMs,
  /** A window that comes once. */
  windowMs: 90 * dayMs,
  /** One occurrence of a window that comes again. */
  occurrenceMs: 7 * dayMs,
  /** How far ahead a window may begin, and how far one looks for its next occurrence. */
  aheadMs: 5 * 366 * dayMs,
  /** Occurrences that are looked at to answer one question. */
  occurrences: 5_000,
  /** Coming ones that are shown before saving. */
  shown: 5,
  /** Open incidents that are shown before saving. */
  incidents: 50,
  /** Of one look at the calendar. */
  calendarDays: 42,
  /** A silence that was just made can be taken back, as if it had never been. */
  takeBackMs: 10 * 60_000,
  /** How long one that is over can be looked up; afterwards it is gone. */
  keptMs: 400 * dayMs,
  /** Devices that one is behind, one behind the other. */
  depth: 32,
} as const;
