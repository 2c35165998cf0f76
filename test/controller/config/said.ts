import type { Birth, ConfigReported } from "#wire";

export const hashA = "A".repeat(43);
export const hashB = "B".repeat(43);

/** A birth that says this of its configuration. */
export const birthWith = (config: Birth["config"], session = 1): Birth => ({
  v: 1,
  online: true,
  boot: "a".repeat(20),
  session,
  at: 1,
  upMs: 1,
  clock: "synced",
  agent: "0.0.0-test",
  hardware: { model: "demo", serial: "demo-1" },
  firmware: "demo",
  intervalMs: 10_000,
  config,
  seq: 0,
  total: 0,
  unfinished: [],
  spool: { batches: 0, points: 0, bytes: 0, held: [] },
});

export const reportOf = (more: Partial<ConfigReported>): ConfigReported => ({
  v: 1,
  revision: 0,
  hash: "",
  state: "applied",
  attempt: 1,
  session: 1,
  problems: [],
  at: 1,
  ...more,
});
