import type { Selectable } from "kysely";
import type { DeviceKind } from "#wire";
import type { Database } from "../store/records/index.ts";
import type { Location } from "./site.ts";

export interface Hardware {
  model: string;
  serial: string;
}

/** base64url of 32 bytes each. */
export interface DeviceKeys {
  sign: string;
  seal: string;
}

export interface Device {
  id: string;
  name: string;
  kind: DeviceKind;
  site: string | null;
  /** The device through which it reaches us; null: direct. */
  via: string | null;
  profile: string | null;
  /** Where it can be asked whether it is there: "host" or "host:port"; null: nowhere. */
  address: string | null;
  /** Groups of devices that it is behind, beside `via`: out of reach when all of one group are. */
  parents: string[][];
  tags: string[];
  location: Location | null;
  /** null until it enrolled. */
  hardware: Hardware | null;
  keys: DeviceKeys | null;
  /** Goes up with every change that people make. */
  version: number;
  createdAt: number;
  updatedAt: number;
}

/** Where a device was, from (inclusive) to (exclusive; null: still). */
export interface Membership {
  device: string;
  site: string | null;
  via: string | null;
  from: number;
  to: number | null;
}

export type DeviceRow = Selectable<Database["device"]>;

export const deviceOf = (row: DeviceRow): Device => ({
  id: row.id,
  name: row.name,
  kind: row.kind as DeviceKind,
  site: row.site,
  via: row.via,
  profile: row.profile,
  address: row.address,
  parents: JSON.parse(row.parents_json),
  tags: JSON.parse(row.tags_json),
  location: row.lat === null || row.lon === null ? null : { lat: row.lat, lon: row.lon },
  hardware: row.model === null || row.serial === null ? null : { model: row.model, serial: row.serial },
  keys: row.sign_key === null || row.seal_key === null ? null : { sign: row.sign_key, seal: row.seal_key },
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export const deviceRow = (device: Device, organisation: string): DeviceRow => ({
  id: device.id,
  organisation,
  name: device.name,
  kind: device.kind,
  site: device.site,
  via: device.via,
  profile: device.profile,
  address: device.address,
  parents_json: JSON.stringify(device.parents),
  tags_json: JSON.stringify(device.tags),
  lat: device.location?.lat ?? null,
  lon: device.location?.lon ?? null,
  model: device.hardware?.model ?? null,
  serial: device.hardware?.serial ?? null,
  sign_key: device.keys?.sign ?? null,
  seal_key: device.keys?.seal ?? null,
  version: device.version,
  created_at: device.createdAt,
  updated_at: device.updatedAt,
});

const prefixes: Record<DeviceKind, string> = {
  "access-point": "ap",
  sensor: "sensor",
  gateway: "gateway",
  switch: "switch",
};
export const idPrefix = (kind: DeviceKind): string => prefixes[kind];

const kindWords: Record<DeviceKind, string> = {
  "access-point": "Access point",
  sensor: "Sensor",
  gateway: "Gateway",
  switch: "Switch",
};
/** What a device is called until a person names it. */
export const firstName = (kind: DeviceKind, serial: string): string =>
  `${kindWords[kind]} ${serial.replace(/\p{C}/gu, "").slice(0, 80)}`.trim();
