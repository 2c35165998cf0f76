import type { Catalogue } from "../accept.ts";
import type { Series, SeriesQuery, StoredPoint } from "../contract.ts";

/** What the worker is told at its start. */
export interface WorkerStart {
  file: string;
  catalogue: Catalogue;
}

/** What can be asked of the worker, and what it answers. Points are accepted and queries checked before they get here. */
export interface Calls {
  write: { ask: { points: StoredPoint[] }; answer: null };
  query: { ask: { query: SeriesQuery }; answer: Series[] };
  latest: { ask: { since: number }; answer: StoredPoint[] };
  count: { ask: { device: string; from: number; to: number; measurement: string | null }; answer: number };
  /** Drops what is older; answers the partitions that went. */
  retain: { ask: { oldestAt: number }; answer: string[] };
  /** Proves that something can be written. */
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
