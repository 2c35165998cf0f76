import type { Kept } from "./rollup/compute.ts";
import type { Level, Resolution } from "./rollup/levels.ts";

/** One point as it is kept. Series identity = device + measurement + tags; point identity = that + `at`. */
export interface StoredPoint {
  device: string;
  m: string;
  /** Milliseconds since 1970 UTC. */
  at: number;
  tags: Record<string, string>;
  fields: Record<string, number | string>;
}

export type Outcome = { ok: true } | { ok: false; why: string };

export type Aggregate = "mean" | "min" | "max" | "last" | "sum" | "count" | "increase" | "rate" | "p50" | "p95";

export interface SeriesQuery {
  /** Empty: nothing is answered. */
  devices: readonly string[];
  measurement: string;
  field: string;
  /** Inclusive. */
  from: number;
  /** Exclusive. */
  to: number;
  /** Width of a bucket; absent: the points as they were stored. Buckets are aligned to multiples of it since 1970
   *  and named by their start. A bucket without points is left out: gaps stay gaps. */
  everyMs?: number;
  /** What a bucket says. `increase` and `rate` (per second) are of counters: a fall counts as a restart from 0. What rose
   *  between two points belongs to the bucket of the later one, also where the earlier one is before `from`; two points
   *  that are more than 24 h apart tell nothing. A bucket in which no such pair ends is left out; `rate` divides by the
   *  time between the points, so a gap is no spike. `p50` and `p95` are values that were measured (nearest rank). Text
   *  has only `last` and `count`. Needed with everyMs. */
  fn?: Aggregate;
  /** Tag keys that keep series apart, besides device; absent: all of them. Series that fall together are pooled;
   *  `increase` and `rate` are added up. */
  by?: readonly string[];
  /** More points than this in the answer: TooManyPoints. */
  limit: number;
}

export interface Series {
  device: string;
  tags: Record<string, string>;
  points: [at: number, value: number | string][];
}

export interface SeriesAnswer {
  /** The level that answered most of the time asked for: the coarsest that answers exactly; where raw points are gone
   *  and none does, the finest there is (a bucket then says what a longer one does). Hours that are not rolled up yet
   *  are always answered from raw points. */
  resolution: Resolution;
  series: Series[];
}

export const seriesLimits = {
  /** Points a `write`. */
  pointsPerWrite: 5_000,
  /** Raw points that one query may look at where the answer is worked out from them. */
  scannedPoints: 1_000_000,
  /** Devices that one `hoursOn` takes. */
  devicesPerHoursOn: 500,
  /** Hours of devices that one `rollUp` takes. */
  hoursPerRollUp: 500,
  /** Buckets an `importRollups`. */
  bucketsPerImport: 2_000,
  /** Largest `at`: the end of InfluxDB's time (year 2262), exclusive. */
  latestAt: 9_223_372_036_854,
} as const;

/** An hour of a device (its own points, whoever brought them). */
export interface DeviceHour {
  device: string;
  /** Start of the hour. */
  hourAt: number;
}

/** Which hours are not rolled up (any more). What the store asks of whoever keeps the marks. */
export interface PendingHours {
  /** Device → starts of its hours that reach into [from, to); null: too many to say, take all for pending. */
  of(devices: readonly string[], from: number, to: number): Promise<ReadonlyMap<string, readonly number[]> | null>;
  /** Raw points are kept from here on, whatever their age. */
  oldestAt(): Promise<number | null>;
}

/** How long each level is kept. */
export interface Retention {
  rawMs: number;
  fiveMinuteMs: number;
  hourlyMs: number;
}

/** A bucket of a series, as somebody made it elsewhere. */
export interface ImportedBucket {
  device: string;
  m: string;
  tags: Record<string, string>;
  /** Start of the bucket. */
  at: number;
  /** Field → what is kept of it (rollup/levels: `statsOf` says what). */
  fields: Record<string, Kept>;
}

/** Telemetry's store. One conformance suite (test/conformance) holds for every backend. */
export interface SeriesStore {
  readonly kind: "embedded" | "influx";
  /** Resolves also when the store is away (it then says so in `state` and keeps trying); rejects on what only a
   *  person can mend. */
  start(): Promise<void>;
  stop(): Promise<void>;
  state(): { ready: true } | { ready: false; why: string };
  /** Durable when it resolves. One outcome a point, in order: a refused point doesn't take its neighbours with it; a
   *  point that is there already is overwritten by itself. Rejects with StoreAway when nothing is known to be stored:
   *  write the same again later. Stores never queue. At most 5,000 points a call. */
  write(points: readonly StoredPoint[]): Promise<Outcome[]>;
  /** Series are in order of device and tags, points in order of time. Rejects with TooManyPoints, StoreAway, or
   *  Problem "invalid" for what the catalogue doesn't have or the field cannot answer. */
  query(query: SeriesQuery): Promise<SeriesAnswer>;
  /** The newest point of every series that has one since `now` - `withinMs`, for the start of the controller. */
  latest(now: number, withinMs: number): Promise<StoredPoint[]>;
  /** Points of a device in a measurement (all when absent) in [from, to): what "stored" means to a test. */
  count(device: string, from: number, to: number, measurement?: string): Promise<number>;
  /** Makes the buckets of these hours anew from raw points, at every level; doing it again changes nothing. Does as many
   *  as go in a short time, in order, and answers how many that were (possibly none: then part of the first is done,
   *  and the next call goes on with it). At most 500. Rejects with StoreAway. */
  rollUp(hours: readonly DeviceHour[]): Promise<number>;
  /** Every device that may have raw points in the UTC day of `at`: for marking its hours. */
  devicesOn(at: number): Promise<string[]>;
  /** Hours of the UTC day of `at` in which these devices have raw points: those whose buckets can be made anew. At most
   *  500 devices. */
  hoursOn(at: number, devices: readonly string[]): Promise<DeviceHour[]>;
  /** Writes buckets as they are, over what is there. At most 2,000. Rejects with StoreAway, RangeError, or Problem
   *  "invalid" for what the catalogue doesn't have. */
  importRollups(level: Level, buckets: readonly ImportedBucket[]): Promise<void>;
}

/** The store cannot be reached or cannot write now. Nothing of the call is known to be stored. */
export class StoreAway extends Error {
  override name = "StoreAway";
}

export class TooManyPoints extends Error {
  override name = "TooManyPoints";
}
