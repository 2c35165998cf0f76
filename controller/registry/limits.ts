const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Every bound of this room, presence apart. */
export const registryLimits = {
  sites: 10_000,
  devices: 100_000,
  enrolmentTokens: 1_000,
  /** Changes that wait for their turn. */
  changesWaiting: 2_000,
  /** How deep a device may hang behind others. */
  viaDepth: 4,
  parentDepth: 8,
  /** Groups of devices that one is behind, and devices of a group. */
  parentGroups: 4,
  parentsOfGroup: 8,
  /** Passwords of a device that has not connected with any of them yet. */
  unusedCredentials: 3,
  tokenUses: 10_000,
  tokenDefaultMs: 30 * dayMs,
  tokenMaxMs: 3_650 * dayMs,
  /** Devices that knocked and are listed for a person; further ones are answered, not listed. */
  waiting: 500,
  waitingPerAddress: 100,
  /** Who stays away for so long is taken off the list. */
  waitingMs: 30 * dayMs,
} as const;

/** Knocks of one address that did not end with a password, of one key that was proven, and of everybody. A fleet behind
 *  one address that enrols as it should is not held up. */
export const knockLimits = { windowMs: minuteMs, failedPerAddress: 120, perKey: 20, all: 20_000 } as const;
export type KnockLimits = { [K in keyof typeof knockLimits]: number };
