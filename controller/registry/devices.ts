import type { Kysely } from "kysely";
import type { DeviceKind } from "#wire";
import { conflict, invalid, notFound, stale } from "../base/errors.ts";
import type { Database } from "../store/records/index.ts";
import { type Device, type DeviceKeys, deviceRow, type Hardware, idPrefix, type Membership } from "./device.ts";
import { keepOut } from "./enrolment/list.ts";
import { registryLimits } from "./limits.ts";
import { type By, type Room, type Step, take } from "./room.ts";
import type { Location } from "./site.ts";
import { freeId } from "./sites.ts";

export interface NewDevice {
  name: string;
  kind: DeviceKind;
  site?: string | null | undefined;
  via?: string | null | undefined;
  profile?: string | null | undefined;
  address?: string | null | undefined;
  parents?: string[][] | undefined;
  tags?: string[] | undefined;
  location?: Location | null | undefined;
}

/** What is left out stays as it is. A device keeps its kind. */
export type DeviceChange = { [K in Exclude<keyof NewDevice, "kind">]?: NewDevice[K] | undefined };

export interface Devices {
  create(by: By, wish: NewDevice): Promise<Device>;
  /** @param version that the caller saw; another now: "stale" */
  change(by: By, id: string, change: DeviceChange, version?: number): Promise<Device>;
  /** Its passwords end at once. Refused ("in-use") while others are behind it. */
  remove(by: By, id: string): Promise<void>;
}

export function createDevices(room: Room): Devices {
  const alone = <T>(step: () => Step<T>) => room.serial(() => take(room, step()));
  return {
    create: (by, wish) => alone(() => deviceCreation(room, by, wish)),
    change: (by, id, change, version) => alone(() => deviceChange(room, by, deviceOf(room, id), change, version)),
    remove: (by, id) => alone(() => deviceRemoval(room, by, deviceOf(room, id))),
  };
}

function deviceOf({ memory }: Room, id: string): Device {
  const device = memory.devices.get(id);
  if (!device) throw notFound("device", id);
  return device;
}

export function deviceCreation(room: Room, by: By, wish: NewDevice): Step<Device> {
  const made = newDevice(room, wish);
  return { result: made, write: (t) => insertDevice(room, t, by, made), keep: () => keepDevice(room, made) };
}

export function deviceChange(room: Room, by: By, before: Device, change: DeviceChange, version?: number): Step<Device> {
  const { memory, clock, records, audit } = room;
  const { id } = before;
  if (version !== undefined && version !== before.version) throw stale("this device was changed in the meantime");
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const device: Device = { ...before, ...given, version: before.version + 1, updatedAt: clock.now() };
  checkPlace(room, device);
  const moved = device.site !== before.site || device.via !== before.via;
  const history = moved ? move(memory.memberships.get(id) ?? [], device, clock.now()) : null;
  return {
    result: device,
    async write(t) {
      await t.updateTable("device").set(deviceRow(device, records.organisation)).where("id", "=", id).execute();
      if (history) await writeMemberships(t, id, history);
      const subject = { kind: "device", id };
      await audit.write(t, { actor: by, action: "device.changed", subject, before, after: device });
    },
    keep() {
      memory.devices.set(id, device);
      if (history) memory.memberships.set(id, history);
      room.tell({ kind: "device", id, change: "changed" });
    },
  };
}

export function deviceRemoval(room: Room, by: By, before: Device): Step<void> {
  const { memory, holders, audit } = room;
  const { id } = before;
  const behind = [...memory.devices.values()].filter((device) => before.id !== device.id && isBehind(device, id));
  if (behind.length > 0) throw conflict("in-use", `${behind.length} devices are behind this one: move them first`);
  return {
    result: undefined,
    async write(t) {
      await t.deleteFrom("device").where("id", "=", id).execute();
      // Else its agent would knock with the token that it remembers, and be back in a minute.
      await keepOut(room, t, before);
      await audit.write(t, { actor: by, action: "device.removed", subject: { kind: "device", id }, before });
    },
    keep() {
      for (const map of [memory.devices, memory.memberships, memory.credentials]) map.delete(id);
      holders.refresh(id);
      room.tell({ kind: "device", id, change: "removed" });
    },
  };
}

/** A device as it will be, checked but not written. */
export function newDevice(room: Room, wish: NewDevice & { hardware?: Hardware; keys?: DeviceKeys }): Device {
  const { devices } = room.memory;
  if (devices.size >= registryLimits.devices)
    throw conflict("limit", `${registryLimits.devices} devices are there already`);
  const now = room.clock.now();
  const device: Device = {
    id: freeId(devices, idPrefix(wish.kind)),
    name: wish.name,
    kind: wish.kind,
    site: wish.site ?? null,
    via: wish.via ?? null,
    profile: wish.profile ?? null,
    address: wish.address ?? null,
    parents: wish.parents ?? [],
    tags: wish.tags ?? [],
    location: wish.location ?? null,
    hardware: wish.hardware ?? null,
    keys: wish.keys ?? null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
  checkPlace(room, device);
  return device;
}

export async function insertDevice(room: Room, t: Kysely<Database>, by: By, device: Device): Promise<void> {
  await t.insertInto("device").values(deviceRow(device, room.records.organisation)).execute();
  await writeMemberships(t, device.id, [firstMembership(device)]);
  const subject = { kind: "device", id: device.id };
  await room.audit.write(t, { actor: by, action: "device.created", subject, after: device });
}

/** After the transaction that inserted it. */
export function keepDevice(room: Room, device: Device): void {
  room.memory.devices.set(device.id, device);
  room.memory.memberships.set(device.id, [firstMembership(device)]);
  room.holders.refresh(device.id);
  room.tell({ kind: "device", id: device.id, change: "created" });
}

/** From the beginning: what a device measured before we heard of it, it measured at its first place. */
const firstMembership = (device: Device): Membership => ({
  device: device.id,
  site: device.site,
  via: device.via,
  from: 0,
  to: null,
});

/** The history with the device's place from now on. Pure. */
export function move(history: readonly Membership[], device: Device, now: number): Membership[] {
  const last = history.at(-1);
  // A clock that jumped back must not make rows overlap.
  const from = last ? Math.max(now, last.from + 1) : 0;
  const before = history.map((one) => (one === last ? { ...one, to: from } : one));
  return [...before, { device: device.id, site: device.site, via: device.via, from, to: null }];
}

async function writeMemberships(t: Kysely<Database>, device: string, history: readonly Membership[]): Promise<void> {
  const rows = history.slice(-2).map(({ site, via, from, to }) => ({ device, site, via, from_at: from, to_at: to }));
  const update = (c: { to_at: number | null }) => c;
  for (const row of rows) {
    const insert = t.insertInto("membership").values(row);
    await insert
      .onConflict((c) => c.columns(["device", "from_at"]).doUpdateSet(update({ to_at: row.to_at })))
      .execute();
  }
}

function checkPlace(room: Room, device: Device): void {
  const { sites, devices } = room.memory;
  if (device.site !== null && !sites.has(device.site)) throw wrong("site", `there is no site "${device.site}"`);
  let next = device.via;
  for (let depth = 1; next !== null; depth++) {
    const via = devices.get(next);
    if (!via) throw wrong("via", `there is no device "${next}"`);
    if (next === device.id) throw wrong("via", "a device cannot be reached via itself");
    if (depth > registryLimits.viaDepth)
      throw wrong("via", `at most ${registryLimits.viaDepth} devices behind each other`);
    next = via.via;
  }
  checkParents(room, device);
}

const isBehind = (device: Device, id: string): boolean => device.via === id || device.parents.flat().includes(id);

/** Whoever is above it, however far, must not be behind it. */
function checkParents({ memory }: Room, device: Device): void {
  const above = new Set<string>();
  let level = [...device.parents.flat(), ...(device.via === null ? [] : [device.via])];
  for (let depth = 1; level.length > 0; depth++) {
    for (const id of level) if (!memory.devices.has(id)) throw wrong("parents", `there is no device "${id}"`);
    if (level.includes(device.id)) throw wrong("parents", "a device cannot be behind itself");
    if (depth > registryLimits.parentDepth)
      throw wrong("parents", `at most ${registryLimits.parentDepth} devices behind each other`);
    const next = level.filter((id) => !above.has(id));
    for (const id of next) above.add(id);
    level = [...new Set(next.flatMap((id) => parentsOf(memory.devices.get(id))))];
  }
}

const parentsOf = (device: Device | undefined): string[] =>
  device ? [...device.parents.flat(), ...(device.via === null ? [] : [device.via])] : [];

const wrong = (path: string, message: string) => invalid(message, [{ path, message }]);
