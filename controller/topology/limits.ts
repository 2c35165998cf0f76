/** Bounds of this room; times in milliseconds. */
export const topologyLimits = {
  /** So often an edge is seen before it keeps notices back. */
  sightings: 3,
  /** Between two that count: one burst is one sighting. */
  betweenMs: 60_000,
  /** What a device did not see again for so long, while it saw other things, is there no more. */
  staleMs: 3_600_000,
  /** Cables, ports and parents that were dismissed, of one device. */
  ofDevice: 64,
  saveMs: 5_000,
  /** When nothing but its time changed, it is written this seldom. */
  saveSeldomMs: 3_600_000,
  /** How far up is looked for a circle, as deep as parents may be declared. */
  depth: 8,
} as const;
