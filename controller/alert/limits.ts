/** When what is told; all but the first in milliseconds. Starting values: most are settings (`alert.*`). */
export const alertLimits = {
  /** Devices of a site that fail together are one failure from so many on. */
  fewestTogether: 3,
  /** Within what time they are lost "together". */
  togetherMs: 60_000,
  /** From when a device began to be checked until it stands alone: its neighbours may follow. */
  holdMs: 20_000,
  /** The same after it said goodbye: it may just restart. */
  stoppedHoldMs: 180_000,
  /** How long an agent may be silent while its device answers, before it stands alone. */
  agentDownForMs: 300_000,
  /** From when the first of an incident began to be checked until it is told; of a rule's, from its opening. */
  groupWaitMs: 15_000,
  /** Between two notices that say no more than that it grew. */
  groupIntervalMs: 300_000,
  /** How long stragglers have once their site is back; at least three of their intervals. */
  recoveryGraceMs: 120_000,
  /** After the end of a silence or a maintenance window, until what it held back is told. */
  settleMs: 300_000,
  /** How long the store may be away before somebody is told. */
  storeGraceMs: 30_000,
} as const;
export type AlertLimits = { [K in keyof typeof alertLimits]: number };

/** Bounds of the shell around the decision. */
export const alertBounds = {
  tickMs: 1_000,
  selfCheckMs: 5_000,
  selfCheckTimeoutMs: 3_000,
  /** Checks that fail in a row until the controller counts as blind. */
  selfCheckFailures: 2,
  /** Devices and lines that are asked whether they are there: how long one has, how often it is tried, how many at once,
   *  and how far apart the rounds are. */
  probeTimeoutMs: 3_000,
  probeTries: 2,
  probesAtOnce: 64,
  probeEveryMs: 15_000,
  /** Of one round: more of a storm say nothing that these do not. */
  probesOfRound: 512,
  /** How long somebody has an incident who does not say how long. */
  ackMs: 4 * 3_600_000,
  ackLeastMs: 60_000,
  ackMostMs: 7 * 86_400_000,
  /** An incident that grew by more than half and by so many devices is another one than the one that somebody took. */
  ackGrowth: 5,
  noteChars: 2_000,
  referenceChars: 200,
  /** Changes by people that wait for their turn. */
  changesWaiting: 1_000,
  /** Entries of an incident's history; older ones stay, further ones of its members are not written. */
  eventsOfIncident: 500,
} as const;
