import type { Birth, Heartbeat, Presence, SpoolState } from "#wire";

export interface Self {
  boot: string;
  session: number;
  agent: string;
  hardware: { model: string; serial: string };
  firmware: string;
  intervalMs: number;
}

export interface Now {
  at: number;
  upMs: number;
  clock: Birth["clock"];
  seq: number;
  total: number;
  unfinished: Birth["unfinished"];
  spool: SpoolState;
  config: Birth["config"];
  keySetVersion: number;
}

export const birth = ({ boot, session, agent, hardware, firmware, intervalMs }: Self, now: Now): Birth => ({
  v: 1,
  online: true,
  boot,
  session,
  at: now.at,
  upMs: now.upMs,
  clock: now.clock,
  agent,
  hardware,
  firmware,
  intervalMs,
  config: now.config,
  keySetVersion: now.keySetVersion,
  seq: now.seq,
  total: now.total,
  unfinished: now.unfinished,
  spool: now.spool,
});

export const will = ({ boot, session }: Self): Presence => ({ v: 1, online: false, boot, session });

export const cleanStop = ({ boot, session }: Self, at: number): Presence => ({
  v: 1,
  online: false,
  boot,
  session,
  at,
  reason: "stopped",
});

export const heartbeat = ({ boot, session }: Self, { at, seq, total, spool, config }: Now): Heartbeat => ({
  v: 1,
  boot,
  session,
  at,
  seq,
  total,
  config,
  spool,
});
