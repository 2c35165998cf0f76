/** Every bound of this room. */
export const configLimits = {
  /** One document as JSON, well below what a signed body may have. */
  documentBytes: 64 * 1024,
  messageChars: 500,
  /** Devices that one push may change. */
  devicesAtOnce: 1_000,
  /** Revisions kept a device, besides the one that is on it. */
  history: 50,
  /** Sends a second, after a start or a push to many. */
  sendsPerSecond: 100,
  /** Changes that wait for their turn. */
  changesWaiting: 500,
  trialMs: { usual: 60_000, least: 10_000, most: 600_000 },
  /** How often it is looked for what is due again. */
  tickMs: 5_000,
} as const;
