import type { Auth } from "../auth/index.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Delivery } from "../ingest/index.ts";
import type { Registry } from "../registry/index.ts";
import type { PresenceView } from "../registry/presence/index.ts";
import type { SeriesStore } from "../store/series/index.ts";
import type { Live } from "./live.ts";

export interface LatestPoint {
  m: string;
  tags: Record<string, string>;
  fields: Record<string, number | string>;
  at: number;
}

/** An event of a device as it is kept. */
export interface DeviceEventRow {
  id: number;
  at: number;
  receivedAt: number;
  kind: string;
  severity: string;
  detail: Record<string, unknown>;
}

export interface Health {
  ready: boolean;
  parts: { name: string; ok: boolean; why?: string }[];
}

export interface Metric {
  name: string;
  kind: "counter" | "gauge";
  help: string;
  values: { labels?: Record<string, string>; value: number }[];
}

/** What this room needs of the others; app.ts fits it. */
export interface HttpNeeds {
  clock: Clock;
  log: Log;
  version: string;
  auth: Auth;
  registry: Registry;
  presence: { of(device: string): PresenceView };
  delivery: { of(device: string): Delivery | Promise<Delivery> };
  latest: { of(device: string): readonly LatestPoint[] };
  /** Newest first. */
  events: { of(device: string, page: { limit: number; before?: number | undefined }): Promise<DeviceEventRow[]> };
  series: Pick<SeriesStore, "query">;
  live: Live;
  health(): Health;
  metrics(): Metric[];
  /** Folder of the dashboards' build. */
  webRoot: string;
  /** Folder with swagger-ui.css and swagger-ui-bundle.js. */
  docsRoot: string;
  /** The agent as one file, for devices to fetch at /agent.cjs. */
  agentFile?: string;
  /** Served over TLS: cookies are then for TLS only. */
  secure: boolean;
}
