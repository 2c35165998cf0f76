import type { DeviceKind, Enrolled, Enrolment, KeySet } from "#wire";
import { Problem, refused } from "../../base/errors.ts";
import { hashOf } from "../../base/ids.ts";
import type { Database } from "../../store/records/index.ts";
import { keepCredential, newCredential, writeCredential } from "../credentials.ts";
import { type Device, deviceRow, firstName } from "../device.ts";
import { insertDevice, keepDevice, newDevice } from "../devices.ts";
import type { Room } from "../room.ts";
import { type Decision, decide, type Facts } from "./decide.ts";
import type { Gate } from "./gate.ts";
import { list } from "./list.ts";
import { provesKey } from "./proof.ts";

export type Knocked =
  | { enrolled: Enrolled }
  /** A person decides; the agent repeats its POST. `listed` false: the list is full. */
  | { enrolled: null; state: "awaiting approval" | "foreign"; why: string; listed: boolean };

export interface Knocking {
  room: Room;
  gate: Gate;
  keySet: () => KeySet;
  /** Where devices reach MQTT. */
  mqttUrl: () => string;
}

type TokenRow = Database["enrolment_token"];

/** `POST /enrolments` of a device (DESIGN §8). Throws "too-many", "bad-proof", "enrolment-rejected", "wrong-kind". */
export async function knock(needs: Knocking, body: Enrolment, address: string): Promise<Knocked> {
  await needs.gate.enter(address);
  try {
    if (!provesKey(body)) throw refused("bad-proof", "the proof is not of this key, token, serial and sealing key");
    await needs.gate.proven(body.keys.sign);
    const answer = await needs.room.serial(() => answerTo(needs, body, address));
    if (answer.enrolled === null) await needs.gate.failed(address);
    return answer;
  } catch (error) {
    if (error instanceof Problem && error.kind === "refused") await needs.gate.failed(address);
    throw error;
  }
}

async function answerTo(needs: Knocking, body: Enrolment, address: string): Promise<Knocked> {
  const { room } = needs;
  const token = await findToken(room, body.token);
  const decision = decide(await factsOf(room, body, token));
  switch (decision.do) {
    case "refuse":
      throw refused(decision.code, decision.why);
    case "wait": {
      const listed = await list(room, body, { decision, token: token?.id ?? null, address });
      room.log.info("a device waits for a person", { why: decision.why, hardware: body.hardware, address, listed });
      const state = decision.state === "foreign" ? "foreign" : "awaiting approval";
      return { enrolled: null, state, why: decision.why, listed };
    }
    default:
      return { enrolled: await letIn(needs, body, decision, token) };
  }
}

async function findToken(room: Room, token: string): Promise<TokenRow | undefined> {
  const secret = token.split(".")[0] ?? "";
  const query = room.records.db.selectFrom("enrolment_token").selectAll().where("secret_hash", "=", hashOf(secret));
  return await query.executeTakeFirst();
}

async function factsOf(room: Room, body: Enrolment, token: TokenRow | undefined): Promise<Facts> {
  const query = room.records.db.selectFrom("enrolment").selectAll().where("sign_key", "=", body.keys.sign);
  const listed = await query.executeTakeFirst();
  const keyHolder = room.holders.byKey(body.keys.sign);
  const byHardware = room.holders.byHardware(body.hardware);
  return {
    kind: body.kind,
    byKey: keyHolder === null ? null : { device: keyHolder, sameHardware: byHardware === keyHolder },
    byHardware,
    token: {
      state: stateOf(token, room.clock.now()),
      device: token?.device ?? null,
      kind: (token?.kind ?? null) as DeviceKind | null,
    },
    listed: listed ? { state: listed.state as "awaiting", why: listed.why, device: listed.device } : null,
  };
}

function stateOf(token: TokenRow | undefined, now: number): Facts["token"]["state"] {
  if (!token) return "unknown";
  if (token.revoked_at !== null) return "revoked";
  if (token.expires_at <= now) return "expired";
  return token.used >= token.uses ? "used-up" : "usable";
}

/** Everything of one enrolment in one transaction: a device without its password, or a token that was used for
 *  nothing, cannot come of it. */
async function letIn(
  needs: Knocking,
  body: Enrolment,
  decision: Exclude<Decision, { do: "wait" | "refuse" }>,
  token: TokenRow | undefined,
): Promise<Enrolled> {
  const { room } = needs;
  const { keys, kind } = body;
  const hardware = { model: body.hardware.model, serial: body.hardware.serial };
  const place = { site: token?.site ?? null, profile: token?.profile ?? null };
  const wish = { name: firstName(kind, hardware.serial), kind, ...place, hardware, keys };
  const made = decision.do === "create" ? newDevice(room, wish) : null;
  const first = decision.do === "create" ? null : firstHardware(room, decision.device, { hardware, keys });
  const device = decision.do === "create" ? (made as Device).id : decision.device;
  const credential = newCredential(room, device, { keys, hardware });
  await room.records.db.transaction().execute(async (t) => {
    const by = { kind: "enrolment-token", id: token?.id ?? "" };
    if (made) await insertDevice(room, t, by, made);
    if (first)
      await t.updateTable("device").set(deviceRow(first, room.records.organisation)).where("id", "=", device).execute();
    await writeCredential(t, credential);
    await t.deleteFrom("enrolment").where("sign_key", "=", keys.sign).execute();
    // A further password changes nothing that people decided; an agent that loops must not fill the audit log.
    if (decision.do === "issue") return;
    if (token)
      await t
        .updateTable("enrolment_token")
        .set({ used: token.used + 1 })
        .where("id", "=", token.id)
        .execute();
    const entry = { actor: { kind: "device", id: device }, subject: { kind: "device", id: device } };
    const how = { how: decision.do, hardware, token: token?.id ?? null };
    await room.audit.write(t, { ...entry, action: "device.enrolled", after: how });
  });
  if (made) keepDevice(room, made);
  if (first) room.memory.devices.set(device, first);
  keepCredential(room, credential);
  room.log.info("a device enrolled", { device, how: decision.do, hardware });
  if (first) room.tell({ kind: "device", id: device, change: "changed" });
  const mqtt = { url: needs.mqttUrl(), username: device, password: credential.password };
  return { device, mqtt, keySet: needs.keySet() };
}

/** A device that people made before it was there takes the first hardware at once: there is no old one to protect. */
function firstHardware(room: Room, id: string, given: Pick<Device, "hardware" | "keys">): Device | null {
  const device = room.memory.devices.get(id);
  if (!device || device.hardware || device.keys) return null;
  const holder = given.hardware ? room.holders.byHardware(given.hardware) : null;
  if (holder !== null && holder !== id) return null;
  return { ...device, ...given, version: device.version + 1, updatedAt: room.clock.now() };
}
