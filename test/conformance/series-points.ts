import type { SeriesQuery, StoredPoint } from "../../controller/store/series/index.ts";
import { dayMs } from "./backends.ts";

/** Noon UTC, two days ago: buckets of any sensible width begin here, and all of the day is within retention. */
export const noon = Math.floor(Date.now() / dayMs) * dayMs - 2 * dayMs + dayMs / 2;

type Fields = StoredPoint["fields"];

export const system = (device: string, at: number, fields: Fields): StoredPoint => {
  return { device, m: "system", at, tags: {}, fields };
};

export const net = (device: string, at: number, name: string, fields: Fields): StoredPoint => {
  return { device, m: "interface", at, tags: { interface: name }, fields };
};

export const custom = (device: string, at: number, left: string, right: string, fields: Fields): StoredPoint => {
  return { device, m: "custom_bench", at, tags: { left, right }, fields };
};

export const load1 = (device: string, more: Partial<SeriesQuery> = {}): SeriesQuery => {
  const time = { from: 0, to: noon + dayMs };
  return { devices: [device], measurement: "system", field: "load1", ...time, limit: 10_000, ...more };
};

export const rx = (device: string, more: Partial<SeriesQuery> = {}): SeriesQuery => {
  return { ...load1(device), measurement: "interface", field: "rx_bytes", ...more };
};

export const oks = (n: number): { ok: true }[] => Array.from({ length: n }, () => ({ ok: true }));
