/** Memory: 8 fields × 40,000 series × 4 hours × 8 bytes are 10 MB at most, beside the names of the series. */
export const usualLimits = {
  /** Fields that are compared with what is usual, each with its number of weeks; rules beyond that never fire. */
  fields: 8,
  /** Series of one field: 10,000 devices with four each. What is beyond is not known. */
  seriesOfField: 40_000,
  /** Hours that are kept: the one before, this one and the next. */
  hours: 4,
  /** Weeks that are looked at beyond those that a rule asks for, so that one outage doesn't cost a month. */
  spareWeeks: 2,
  devicesPerCall: 100,
  pointsPerCall: 10_000,
  lookEveryMs: 60_000,
} as const;
