import type { Catalogue } from "../accept.ts";
import type { DeviceHour, ImportedBucket, Series, SeriesQuery, StoredPoint } from "../contract.ts";
import type { Level } from "../rollup/levels.ts";
import type { QueryPlan } from "../rollup/planner.ts";
import type { Packed } from "./pack.ts";

/** What the worker is told at its start. */
export interface WorkerStart {
  /** Two workers share the file: one writes and answers nothing else, so that no question holds what devices send. */
  side: "write" | "read";
  file: string;
  catalogue: Catalogue;
}

/** Levels are kept from these times on. */
export interface OldestAt {
  raw: number;
  fiveMinute: number;
  hourly: number;
}

/** What can be asked of the worker, and what it answers. Points are accepted and queries checked before they get here. */
export interface Calls {
  write: { ask: { points: Packed }; answer: null };
  query: { ask: { query: SeriesQuery; plan: QueryPlan }; answer: Series[] };
  latest: { ask: { since: number }; answer: StoredPoint[] };
  count: { ask: { device: string; from: number; to: number; measurement: string | null }; answer: number };
  /** Drops what is older, as much as goes in a short time; answers the tables that went, and whether there is more. */
  retain: { ask: { oldestAt: OldestAt }; answer: { dropped: string[]; more: boolean } };
  /** Answers how many of the hours are done. */
  rollUp: { ask: { hours: DeviceHour[] }; answer: number };
  devicesOn: { ask: { day: number }; answer: string[] };
  /** Starts of the hours of the UTC day that the devices have raw points in. */
  hoursOn: { ask: { day: number; devices: string[] }; answer: DeviceHour[] };
  importRollups: { ask: { level: Level; buckets: ImportedBucket[] }; answer: null };
  /** Proves that something can be written, or read. */
  check: { ask: object; answer: null };
  /** Ends the worker once everything asked before is done. */
  close: { ask: object; answer: null };
}
export type CallName = keyof Calls;

export type Asked = { [N in CallName]: { id: number; call: N } & Calls[N]["ask"] }[CallName];

export interface Failure {
  /** away: the disk doesn't let us, may pass · person: it will not pass · too-many: TooManyPoints · fault: a bug */
  kind: "away" | "person" | "too-many" | "fault";
  message: string;
}

/** Id 0 is the opening of the database; then one for each call, in order. */
export type Answered = { id: number; ok: true; value: unknown } | { id: number; ok: false; failure: Failure };
