import type { DeviceKind } from "#wire";
import { conflict, notFound } from "../../base/errors.ts";
import type { Database } from "../../store/records/index.ts";
import { type Device, firstName } from "../device.ts";
import { insertDevice, keepDevice, newDevice } from "../devices.ts";
import type { By, Room } from "../room.ts";

type Row = Database["enrolment"];
export const waitingStates = ["awaiting", "foreign", "approved", "rejected"] as const;
export type WaitingState = (typeof waitingStates)[number];

/** A device that knocked and that a person decides about. */
export interface WaitingDevice {
  id: string;
  state: WaitingState;
  /** As in decide.ts. */
  why: string;
  kind: DeviceKind;
  hardware: { model: string; serial: string; mac: string | null };
  /** The device whose place it would take; null: it would be a new one. */
  device: string | null;
  address: string;
  firstAt: number;
  lastAt: number;
}

export interface Waiting {
  /** Who knocked last first. */
  list(state?: WaitingState): Promise<WaitingDevice[]>;
  get(id: string): Promise<WaitingDevice>;
  /** Lets it in: as `device`, else as the one that it was taken for, else as a new one. It gets its password when it
   *  knocks again. */
  approve(by: By, id: string, as: { device?: string; name?: string; site?: string }): Promise<WaitingDevice>;
  reject(by: By, id: string): Promise<WaitingDevice>;
}

export function createWaiting(room: Room): Waiting {
  const { records, serial, audit, memory, holders } = room;
  const rowOf = async (id: string): Promise<Row> => {
    const row = await records.db.selectFrom("enrolment").selectAll().where("id", "=", id).executeTakeFirst();
    if (!row) throw notFound("enrolment", id);
    return row;
  };

  async function settle(by: By, before: Row, next: Row, made: Device | null): Promise<WaitingDevice> {
    await records.db.transaction().execute(async (t) => {
      if (made) await insertDevice(room, t, by, made);
      await t.updateTable("enrolment").set(next).where("id", "=", before.id).execute();
      const subject = { kind: "enrolment", id: before.id };
      const entry = { actor: by, action: `enrolment.${next.state}`, subject, before: view(before), after: view(next) };
      await audit.write(t, entry);
    });
    if (made) keepDevice(room, made);
    room.tell({ kind: "enrolment", id: before.id, change: "changed" });
    return view(next);
  }

  return {
    async list(state) {
      let query = records.db.selectFrom("enrolment").selectAll().orderBy("last_at", "desc").orderBy("id");
      if (state) query = query.where("state", "=", state);
      return (await query.execute()).map(view);
    },
    get: async (id) => view(await rowOf(id)),
    approve: (by, id, as) =>
      serial(async () => {
        const row = await rowOf(id);
        if (row.state === "approved") throw conflict("already-approved", "this device was approved already");
        const hardware = { model: row.model, serial: row.serial };
        const target = as.device ?? row.device ?? holders.byHardware(hardware);
        if (target !== null && !memory.devices.has(target)) throw notFound("device", target);
        const holder = holders.byKey(row.sign_key);
        if (holder !== null && holder !== target)
          throw conflict("key-in-use", `the key of this device is the one of "${holder}": remove that one first`);
        const kind = row.kind as DeviceKind;
        const wish = { name: as.name ?? firstName(kind, row.serial), kind, site: as.site ?? null };
        const keys = { sign: row.sign_key, seal: row.seal_key };
        const made = target === null ? newDevice(room, { ...wish, hardware, keys }) : null;
        return await settle(by, row, { ...row, state: "approved", device: target ?? made?.id ?? null }, made);
      }),
    reject: (by, id) =>
      serial(async () => {
        const row = await rowOf(id);
        return await settle(by, row, { ...row, state: "rejected" }, null);
      }),
  };
}

const view = (row: Row): WaitingDevice => ({
  id: row.id,
  state: row.state as WaitingState,
  why: row.why,
  kind: row.kind as DeviceKind,
  hardware: { model: row.model, serial: row.serial, mac: row.mac },
  device: row.device,
  address: row.address,
  firstAt: row.first_at,
  lastAt: row.last_at,
});
