import type {
  AlertRule,
  Alerts,
  Backtests,
  Escalations,
  Explain,
  Mutes,
  previewOf,
  Reports,
  Rulebook,
} from "../alert/index.ts";
import type { Auth } from "../auth/index.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Config } from "../config/index.ts";
import type { Delivery, Late } from "../ingest/index.ts";
import type { Notify } from "../notify/index.ts";
import type { Registry } from "../registry/index.ts";
import type { PresenceView } from "../registry/presence/index.ts";
import type { Rollouts } from "../rollout/index.ts";
import type { Rollups } from "../rollup/index.ts";
import type { SeriesStore } from "../store/series/index.ts";
import type { Topology } from "../topology/index.ts";
import type { BreakWish, DemoView } from "./demo.ts";
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

/** What a device sent and was refused. */
export interface RefusedRow {
  id: number;
  receivedAt: number;
  boot: string | null;
  seq: number | null;
  points: number;
  why: string;
  problem: string;
  raw: string;
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

/** The simulated street. */
export interface Demo {
  view(): DemoView;
  /** Throws "invalid" with what is allowed. */
  break(by: { kind: string; id: string }, wish: BreakWish): Promise<{ did: string; watch: string }>;
}

/** What this room needs of the others; app.ts fits it. */
export interface HttpNeeds {
  clock: Clock;
  log: Log;
  version: string;
  auth: Auth;
  registry: Registry;
  presence: { of(device: string): PresenceView };
  delivery: {
    of(device: string): Delivery | Promise<Delivery>;
    /** Stretches of time whose points came afterwards. */
    late(device: string, from: number, to: number): Promise<Omit<Late, "device">[]>;
    /** Newest first, before the row `before`. */
    quarantined(device: string, limit: number, before?: number): Promise<RefusedRow[]>;
    /** Points that it misses. */
    missingOf(device: string): number;
  };
  latest: { of(device: string): readonly LatestPoint[] };
  /** Newest first. */
  events: { of(device: string, page: { limit: number; before?: number | undefined }): Promise<DeviceEventRow[]> };
  series: Pick<SeriesStore, "query">;
  rollups: Pick<Rollups, "view" | "rebuild">;
  rollouts: Pick<Rollouts, "preview" | "create" | "list" | "of" | "log" | "devices" | "command">;
  config: Omit<Config, "start" | "stop" | "idle" | "stated" | "reported" | "tally">;
  availability: Pick<Reports, "of">;
  alerts: Pick<Alerts, "of" | "list" | "events" | "ack" | "unack" | "assign" | "note">;
  mutes: Omit<Mutes, "mutes" | "deviceChanged" | "watch">;
  escalation: Pick<Escalations, "view" | "put">;
  rules: {
    book: Pick<Rulebook, "all" | "of" | "put" | "remove">;
    /** How many devices a rule looks at, and finds bad. */
    standing(rule: AlertRule): { devices: number; bad: number };
    /** What a rule would have done. */
    backtests: Pick<Backtests, "begin" | "of" | "cancel">;
    /** What it would look at just now. */
    preview(rule: AlertRule): ReturnType<typeof previewOf>;
  };
  explain: Explain;
  topology: Pick<Topology, "view" | "adopt" | "dismiss" | "restore">;
  notify: Pick<Notify, "channels" | "kinds" | "push" | "test" | "healthOf">;
  live: Live;
  health(): Health;
  metrics(): Metric[];
  /** Folder of the dashboards' build. */
  webRoot: string;
  /** Folder with swagger-ui.css and swagger-ui-bundle.js. */
  docsRoot: string;
  /** The agent as one file, for devices to fetch at /agent.cjs. */
  agentFile?: string;
  /** Only in the demo. */
  demo?: Demo;
  /** Served over TLS: cookies are then for TLS only. */
  secure: boolean;
}
