import type { Kysely } from "kysely";
import type { Enrolment } from "#wire";
import { randomId } from "../../base/ids.ts";
import type { Database } from "../../store/records/index.ts";
import type { Device } from "../device.ts";
import { registryLimits } from "../limits.ts";
import type { Room } from "../room.ts";
import type { Decision } from "./decide.ts";

type Row = Database["enrolment"];

/** Puts a knock on the list, or notes that it was there again. At the bounds it is answered, not listed.
 *  @returns whether it is on the list */
export async function list(
  room: Room,
  knock: Enrolment,
  more: { decision: Extract<Decision, { do: "wait" }>; token: string | null; address: string },
): Promise<boolean> {
  const { db, organisation } = room.records;
  const now = room.clock.now();
  const { state, why, device } = more.decision;
  const { kind, hardware, keys } = knock;
  const told = { state, why, kind, model: hardware.model, serial: hardware.serial, mac: hardware.mac ?? null };
  const update = { ...told, seal_key: keys.seal, token: more.token, device, address: more.address, last_at: now };
  const known = await db.updateTable("enrolment").set(update).where("sign_key", "=", keys.sign).executeTakeFirst();
  if (known.numUpdatedRows > 0n) return true;
  await db
    .deleteFrom("enrolment")
    .where("last_at", "<", now - registryLimits.waitingMs)
    .execute();
  const counted = await db
    .selectFrom("enrolment")
    .select((e) => [
      e.fn.countAll<number>().as("all"),
      e.fn.countAll<number>().filterWhere("address", "=", more.address).as("here"),
    ])
    .executeTakeFirstOrThrow();
  if (counted.all >= registryLimits.waiting || counted.here >= registryLimits.waitingPerAddress) return false;
  const id = randomId("enrolment");
  await db
    .insertInto("enrolment")
    .values({ ...update, id, organisation, sign_key: keys.sign, first_at: now })
    .execute();
  room.tell({ kind: "enrolment", id, change: "created" });
  return true;
}

/** A device that was removed stays out until a person lets it in again. */
export const keepOut = (room: Room, t: Kysely<Database>, device: Device): Promise<void> =>
  settleKey(room, t, device, "rejected", "removed");

/** A key whose place another took waits for a person, whatever token it brings. */
export const setAside = (room: Room, t: Kysely<Database>, device: Device): Promise<void> =>
  settleKey(room, t, device, "awaiting", "replaced");

async function settleKey(room: Room, t: Kysely<Database>, device: Device, state: "awaiting" | "rejected", why: string) {
  const { hardware, keys, kind } = device;
  if (!hardware || !keys) return;
  const now = room.clock.now();
  const row: Row = {
    id: randomId("enrolment"),
    organisation: room.records.organisation,
    state,
    why,
    kind,
    model: hardware.model,
    serial: hardware.serial,
    mac: null,
    sign_key: keys.sign,
    seal_key: keys.seal,
    token: null,
    device: null,
    address: "",
    first_at: now,
    last_at: now,
  };
  await t.deleteFrom("enrolment").where("sign_key", "=", keys.sign).execute();
  await t.insertInto("enrolment").values(row).execute();
}
