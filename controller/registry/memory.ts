import type { Database, Records } from "../store/records/index.ts";
import type { Dated, Schedule } from "./calendar.ts";
import { type Device, deviceOf, type Membership } from "./device.ts";
import { type Site, siteOf } from "./site.ts";

export interface Credential {
  id: string;
  device: string;
  secretHash: string;
  keys: { sign: string; seal: string };
  hardware: { model: string; serial: string };
  createdAt: number;
  connectedAt: number | null;
}

/** All of the registry that is asked about per message or request; records are written first, then this. */
export interface Memory {
  sites: Map<string, Site>;
  /** When each site served by which hours, oldest first. */
  schedules: Map<string, Dated[]>;
  devices: Map<string, Device>;
  /** Oldest first. */
  memberships: Map<string, Membership[]>;
  /** Oldest first. */
  credentials: Map<string, Credential[]>;
}

export async function loadMemory(records: Records): Promise<Memory> {
  const { db } = records;
  const memory: Memory = {
    ...{ sites: new Map(), schedules: new Map(), devices: new Map(), memberships: new Map(), credentials: new Map() },
  };
  for (const row of await db.selectFrom("site").selectAll().execute()) memory.sites.set(row.id, siteOf(row));
  for (const row of await db.selectFrom("site_schedule").selectAll().orderBy("from_at").execute())
    append(memory.schedules, row.site, { ...(JSON.parse(row.schedule_json) as Schedule), from: row.from_at });
  for (const row of await db.selectFrom("device").selectAll().execute()) memory.devices.set(row.id, deviceOf(row));
  for (const row of await db.selectFrom("membership").selectAll().orderBy("from_at").execute())
    append(memory.memberships, row.device, membershipOf(row));
  for (const row of await db.selectFrom("credential").selectAll().orderBy("created_at").orderBy("id").execute())
    append(memory.credentials, row.device, credentialOf(row));
  return memory;
}

function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

const membershipOf = (row: Database["membership"]): Membership => ({
  device: row.device,
  site: row.site,
  via: row.via,
  from: row.from_at,
  to: row.to_at,
});

const credentialOf = (row: Database["credential"]): Credential => ({
  id: row.id,
  device: row.device,
  secretHash: row.secret_hash,
  keys: { sign: row.sign_key, seal: row.seal_key },
  hardware: { model: row.model, serial: row.serial },
  createdAt: row.created_at,
  connectedAt: row.connected_at,
});

export const credentialRow = (c: Credential): Database["credential"] => ({
  id: c.id,
  device: c.device,
  secret_hash: c.secretHash,
  sign_key: c.keys.sign,
  seal_key: c.keys.seal,
  model: c.hardware.model,
  serial: c.hardware.serial,
  created_at: c.createdAt,
  connected_at: c.connectedAt,
});

/** Who holds a key or a piece of hardware: a device's own, or one that a password was given to. */
export interface Holders {
  byKey(sign: string): string | null;
  byHardware(hardware: { model: string; serial: string }): string | null;
  /** After a device or its credentials changed or went. */
  refresh(device: string): void;
}

/** An index, so that a fleet that enrols is not searched once a knock. */
export function createHolders(memory: Memory): Holders {
  const owner = new Map<string, string>();
  const marksOf = new Map<string, string[]>();
  const hardwareMark = (one: { model: string; serial: string }) => `h ${JSON.stringify([one.model, one.serial])}`;
  function refresh(id: string): void {
    for (const mark of marksOf.get(id) ?? []) if (owner.get(mark) === id) owner.delete(mark);
    marksOf.delete(id);
    const device = memory.devices.get(id);
    if (!device) return;
    const held = [device, ...(memory.credentials.get(id) ?? [])];
    const marks = held.flatMap(({ keys, hardware }) => [
      ...(keys ? [`k ${keys.sign}`] : []),
      ...(hardware ? [hardwareMark(hardware)] : []),
    ]);
    // Who was first keeps it: a password that was given out takes nothing from a device that is there.
    for (const mark of marks) if (!owner.has(mark)) owner.set(mark, id);
    marksOf.set(id, marks);
  }
  for (const id of memory.devices.keys()) refresh(id);
  return {
    refresh,
    byKey: (sign) => owner.get(`k ${sign}`) ?? null,
    byHardware: (hardware) => owner.get(hardwareMark(hardware)) ?? null,
  };
}
