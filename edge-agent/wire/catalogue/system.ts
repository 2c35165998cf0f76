import type { Measurement } from "./index.ts";

export const system = {
  meaning: "the device as a computer",
  tags: {},
  fields: {
    cpu_percent: {
      type: "number",
      unit: "%",
      kind: "gauge",
      meaning: "processor busy, all cores, since the last sample",
    },
    cpu_iowait_percent: { type: "number", unit: "%", kind: "gauge", meaning: "processor waiting for storage" },
    load1: { type: "number", unit: "", kind: "gauge", meaning: "tasks that run or want to, 1 min" },
    load5: { type: "number", unit: "", kind: "gauge", meaning: "tasks that run or want to, 5 min" },
    load15: { type: "number", unit: "", kind: "gauge", meaning: "tasks that run or want to, 15 min" },
    memory_used_bytes: { type: "number", unit: "B", kind: "gauge", meaning: "memory that programs can't get" },
    memory_total_bytes: { type: "number", unit: "B", kind: "gauge", meaning: "memory there is" },
    uptime_seconds: { type: "number", unit: "s", kind: "gauge", meaning: "since the device started" },
    temperature_celsius: { type: "number", unit: "°C", kind: "gauge", meaning: "hottest sensor of the device" },
    battery_percent: { type: "number", unit: "%", kind: "gauge", meaning: "charge of its emptiest battery" },
    disk_used_percent: { type: "number", unit: "%", kind: "gauge", meaning: "file system of the agent's data, used" },
    disk_total_bytes: { type: "number", unit: "B", kind: "gauge", meaning: "file system of the agent's data, size" },
  },
} as const satisfies Measurement;

export const agent = {
  meaning: "the agent's own footprint",
  tags: {},
  fields: {
    memory_used_bytes: { type: "number", unit: "B", kind: "gauge", meaning: "resident memory of the agent" },
    cpu_percent: { type: "number", unit: "%", kind: "gauge", meaning: "of one core, since the last sample" },
    spool_bytes: { type: "number", unit: "B", kind: "gauge", meaning: "kept on flash until delivered" },
    spool_batches: { type: "number", unit: "", kind: "gauge", meaning: "batches kept until delivered" },
    spool_points: { type: "number", unit: "", kind: "gauge", meaning: "points and events in them" },
    spool_written_bytes: {
      type: "number",
      unit: "B",
      kind: "counter",
      meaning: "written to flash in this boot: spool, identity and configuration",
    },
    spool_unreadable: {
      type: "number",
      unit: "",
      kind: "counter",
      meaning: "places on flash that could not be read in this boot; what was lost is in the ledger",
    },
    clock_skew_ms: {
      type: "number",
      unit: "ms",
      kind: "gauge",
      meaning: "device's clock less the controller's, where they are over 30 s apart, and once when they agree again",
    },
  },
} as const satisfies Measurement;

export const temperature = {
  meaning: "temperature sensors of the device",
  tags: { sensor: "name that the kernel gives the sensor" },
  fields: {
    temperature_celsius: { type: "number", unit: "°C", kind: "gauge", meaning: "temperature" },
  },
} as const satisfies Measurement;
