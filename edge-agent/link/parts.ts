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

export interface LinkNeeds {
  host: Pick<Host, "time" | "random">;
  log: Log;
  identity: IdentityFile;
  application: Application;
  dial: Dial;
  dataDir: string;
  version: string;
  firmware: string;
  intervalMs: number;
  spool: SpoolSettings;
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
  /** Counts the connections of this boot. */
  session: number;
  /** Named as unfinished in this session's birth. */
  told: string[];
  /** A welcome or a delivery came in this session. */
  useful: boolean;
}

export const selfOf = ({ boot, session, needs }: Parts): Self => ({
  boot,
  session,
  agent: needs.version,
  hardware: needs.application.hardware,
  firmware: needs.firmware,
  intervalMs: needs.intervalMs,
});

export const nowOf = ({ clock, batcher, spool }: Parts): Now => ({
  at: clock.believed(),
  upMs: clock.upMs(),
  clock: clock.state(),
  seq: batcher.seq(),
  total: batcher.total(),
  unfinished: spool.unfinished(),
  spool: spool.state(),
});
