import type { Sampled, StreetDevice } from "../host/index.ts";

/** What is broken on purpose, as far as devices feel it. Sites and devices by their keys in the town. */
export interface Faults {
  cutSites: readonly string[];
  /** Their own lines, one by one. */
  cutDevices: readonly string[];
  unpowered: readonly string[];
  jammed: readonly string[];
}
export const noFaults: Faults = { cutSites: [], cutDevices: [], unpowered: [], jammed: [] };

export interface DeviceOrder {
  device: StreetDevice;
  dataDir: string;
  /** Absent: it has enrolled before. */
  token?: string;
  /** How much of a past it writes before it goes live; 0: none. */
  pastMs: number;
  /** A column that is out of the dark has power all the same until then: its installer stands beside it. */
  testedUntil: number;
}

/** What a thread is told at its start (workerData). */
export interface FleetStart {
  controllerUrl: string;
  version: string;
  intervalMs: number;
  devices: readonly DeviceOrder[];
  faults: Faults;
}

/** A stretch of a device's past weeks. */
export interface WeeksOrder {
  key: string;
  from: number;
  to: number;
}

export type ToThread = { kind: "faults"; faults: Faults } | { kind: "stop" } | ({ kind: "weeks" } & WeeksOrder);

/** past: it writes its history · off: no power, or starting again. */
export type Phase = "waiting" | "past" | "on" | "off";

export interface DeviceStatus {
  key: string;
  phase: Phase;
  connected: boolean;
  /** Made in this run. */
  batches: number;
  /** Not delivered yet. */
  kept: number;
}

export type FromThread =
  | { kind: "status"; devices: DeviceStatus[] }
  | { kind: "weeks"; key: string; sampled: Sampled[] }
  | { kind: "log"; level: "warn" | "error"; line: string };
