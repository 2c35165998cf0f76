/** One point as it was measured. */
export interface Sample {
  m: string;
  t?: Record<string, string>;
  f: Record<string, number | string>;
  /** On the monotonic clock; absent: now. */
  measuredAt?: number;
}

/** To a thousandth: more would be noise, and bytes on a metered line. */
export const rounded = (n: number): number => Math.round(n * 1000) / 1000;

export interface Collector {
  name: string;
  /** What was measured since the last call. A rejection costs this collector's points and nobody else's. */
  collect(): Promise<Sample[]>;
}
