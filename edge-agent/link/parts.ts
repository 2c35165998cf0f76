import type { Birth } from "#wire";
import type { Host } from "../host/index.ts";
import type { Log } from "../log.ts";
import type { Application, Dial, IdentityFile } from "../trust/index.ts";
import type { Batcher } from "./batcher.ts";
import type { BootClock } from "./clock.ts";
import type { Exit } from "./exit.ts";
import type { Now, Self } from "./presence.ts";
import type { Pulse } from "./pulse.ts";
import type { Sender } from "./sender.ts";
import type { Spool, SpoolSettings } from "./spool/index.ts";

/** What comes down about configuration, and what birth and heartbeat say of it. */
export interface Configuration {
  summary(): Birth["config"];
  /** A trial is under way: what fails now may be its fault. */
  isTrying(): boolean;
  /** A connection stands, and birth was given. */
  opened(session: number): void;
  /** A dial came to nothing. */
  failed(why: string): void;
  desired(body: { revision: number; trialMs: number; document: Record<string, unknown> }, text: string): void;
  confirm(body: { revision: number; attempt: number; session: number }): void;
  /** A body that failed its verification. */
  refused(message: string): void;
}

export interface LinkNeeds {
  host: Pick<Host, "time" | "random">;
  log: Log;
  identity: IdentityFile;
  application: Application;
  dial: Dial;
  dataDir: string;
  version: string;
  firmware: string;
  /** These until `use` says otherwise. */
  intervalMs: number;
  controller: string | undefined;
  link: { backlogBytesPerSecond: number };
  spool: SpoolSettings;
  configuration: Configuration;
  /** See credentials. Call `halt` then. */
  anotherDevice: () => void;
}

/** What one run of the link is made of, and the little that changes with each connection. */
export interface Parts {
  needs: LinkNeeds;
  boot: string;
  exit: Exit;
  clock: BootClock;
  spool: Spool;
  batcher: Batcher;
  sender: Sender;
  pulse: Pulse;
  intervalMs: number;
  backlogBytesPerSecond: number;
  /** `wss://…` in place of the one that enrolment gave; absent: that one. */
  address: string | undefined;
  /** Counts the connections of this boot. */
  session: number;
  /** Named as unfinished in this session's birth, and the newest sequence then. */
  told: { boots: string[]; afterSeq: number };
  /** What the last signed welcome said, and when. */
  controllerTime: { now: number; monotonic: number } | undefined;
  /** The last that was said of the clock is that it is wrong. */
  skewed: boolean;
  /** A welcome or a delivery came in this session. */
  useful: boolean;
}

export const selfOf = ({ boot, session, needs, intervalMs }: Parts): Self => ({
  boot,
  session,
  agent: needs.version,
  hardware: needs.application.hardware,
  firmware: needs.firmware,
  intervalMs,
});

export const nowOf = ({ clock, batcher, spool, needs }: Parts): Now => ({
  at: clock.believed(),
  upMs: clock.upMs(),
  clock: clock.state(),
  seq: batcher.seq(),
  total: batcher.total(),
  unfinished: spool.unfinished(),
  spool: spool.state(),
  config: needs.configuration.summary(),
  keySetVersion: needs.identity.get().enrolled?.keySet.version ?? 0,
});
