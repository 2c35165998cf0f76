import { timingSafeEqual } from "node:crypto";
import type { Kysely } from "kysely";
import { hashOf, randomId, randomSecret } from "../base/ids.ts";
import type { Database } from "../store/records/index.ts";
import { type Device, type DeviceKeys, deviceRow, type Hardware } from "./device.ts";
import { setAside } from "./enrolment/list.ts";
import { registryLimits } from "./limits.ts";
import { type Credential, credentialRow } from "./memory.ts";
import type { Room } from "./room.ts";

export interface NewCredential {
  password: string;
  credential: Credential;
  /** What the device has from now on, the oldest first. */
  kept: Credential[];
}

/** A password for a device with these keys and hardware, made but not written. The connected one stays; of those that
 *  never connected the newest three. */
export function newCredential(
  room: Room,
  device: string,
  given: { keys: DeviceKeys; hardware: Hardware },
): NewCredential {
  const password = randomSecret(24);
  const credential: Credential = {
    id: randomId("credential"),
    device,
    secretHash: hashOf(password),
    keys: { ...given.keys },
    hardware: { model: given.hardware.model, serial: given.hardware.serial },
    createdAt: room.clock.now(),
    connectedAt: null,
  };
  const before = room.memory.credentials.get(device) ?? [];
  const unused = before.filter((one) => one.connectedAt === null);
  const tooOld = unused.slice(0, Math.max(0, unused.length + 1 - registryLimits.unusedCredentials));
  return { password, credential, kept: [...before.filter((one) => !tooOld.includes(one)), credential] };
}

export async function writeCredential(t: Kysely<Database>, made: NewCredential): Promise<void> {
  const { device } = made.credential;
  await t.insertInto("credential").values(credentialRow(made.credential)).execute();
  const ids = made.kept.map((one) => one.id);
  await t.deleteFrom("credential").where("device", "=", device).where("id", "not in", ids).execute();
}

/** After the transaction. */
export function keepCredential(room: Room, made: NewCredential): void {
  room.memory.credentials.set(made.credential.device, made.kept);
  room.holders.refresh(made.credential.device);
}

/** Whether this is a password of the device. The first connection with one voids the others, and on replacement what
 *  the old hardware had. */
export async function authenticate(room: Room, device: string, password: string): Promise<boolean> {
  const credential = find(room, device, password);
  if (!credential) return false;
  if (credential.connectedAt !== null) return true;
  return await room.serial(async () => {
    // Another may have connected while this one waited for its turn.
    const still = find(room, device, password);
    if (!still) return false;
    if (still.connectedAt === null) await firstConnection(room, still);
    return true;
  });
}

function find(room: Room, device: string, password: string): Credential | undefined {
  const hash = Buffer.from(hashOf(password));
  const held = room.memory.credentials.get(device) ?? [];
  return held.find((one) => timingSafeEqual(Buffer.from(one.secretHash), hash));
}

async function firstConnection(room: Room, credential: Credential): Promise<void> {
  const { memory, clock, records, audit } = room;
  const before = memory.devices.get(credential.device);
  if (!before) return;
  const now = clock.now();
  const connected: Credential = { ...credential, connectedAt: now };
  const device = withWhatConnected(room, before, credential, now);
  const replaced = before.keys !== null && before.keys.sign !== credential.keys.sign;
  await records.db.transaction().execute(async (t) => {
    await t.updateTable("credential").set({ connected_at: now }).where("id", "=", credential.id).execute();
    await t.deleteFrom("credential").where("device", "=", device.id).where("id", "!=", credential.id).execute();
    if (device === before) return;
    await t.updateTable("device").set(deviceRow(device, records.organisation)).where("id", "=", device.id).execute();
    if (!replaced) return;
    await setAside(room, t, before);
    const actor = { kind: "device", id: device.id };
    await audit.write(t, { actor, action: "device.replaced", subject: actor, before, after: device });
  });
  memory.credentials.set(device.id, [connected]);
  memory.devices.set(device.id, device);
  room.holders.refresh(device.id);
  if (device !== before) room.tell({ kind: "device", id: device.id, change: "changed" });
}

/** The device with the keys and hardware that it connected with; the same object when nothing changes. */
function withWhatConnected(room: Room, device: Device, { keys, hardware }: Credential, now: number): Device {
  const sameKeys = device.keys?.sign === keys.sign && device.keys.seal === keys.seal;
  const sameHardware = device.hardware?.serial === hardware.serial && device.hardware.model === hardware.model;
  if (sameKeys && sameHardware) return device;
  const holder = room.holders.byHardware(hardware);
  const free = holder === null || holder === device.id;
  return { ...device, keys, hardware: free ? hardware : device.hardware, version: device.version + 1, updatedAt: now };
}
