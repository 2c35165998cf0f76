/** Every bound of this room. */
export const rollupLimits = {
  /** After an hour's end, until its buckets are made: what is under way still comes in. */
  graceMs: 90_000,
  /** From the start of one round to the next: an hour that is still being filled is made anew once a round. */
  roundMs: 30_000,
  /** Hours taken from the marks at once. */
  hoursAtOnce: 200,
  /** Of the time that making buckets takes, so much again is left to others. */
  restShare: 0.5,
  /** Marks that are known to be there, kept in memory; beyond it some are written twice. */
  knownMarks: 100_000,
  /** Devices marked by one statement. */
  devicesAtOnce: 500,
  /** Pending hours that one query looks at; more, and it is answered from raw points alone. */
  pendingOfQuery: 20_000,
  /** Devices named in one statement. */
  devicesNamed: 500,
  retryMs: 5_000,
} as const;
