const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Every bound of this room. */
export const rolloutLimits = {
  /** Devices of one rollout. */
  devices: 10_000,
  waves: 20,
  titleChars: 200,
  /** Rollouts that are not over, and such that are kept. */
  open: 20,
  kept: 200,
  /** Lines of the log that one rollout keeps. */
  logLines: 5_000,
  /** On their way at once. */
  atOnce: { usual: 20, most: 200 },
  /** Without a word for so long after its push, a device has failed. */
  deadlineMs: { usual: 30 * minuteMs, least: minuteMs, most: dayMs },
  /** After the last device of a wave, before the next begins. */
  soakMs: { usual: 10 * minuteMs, most: 7 * dayMs },
  /** How long it waits for devices that are away. */
  patienceMs: { usual: 7 * dayMs, least: minuteMs, most: 30 * dayMs },
  /** How often it is looked for what is due. */
  tickMs: 2_000,
  /** Pushes and returns that are being written at once. */
  carriedAtOnce: 50,
  /** Steps that wait for the one before them. */
  stepsWaiting: 20_000,
  /** Untouched devices that a wave is compared with, and touched ones that are looked at. */
  compared: 200,
  /** How long before its push a device is compared with itself. */
  beforeMs: { least: 30 * minuteMs, most: dayMs },
} as const;
