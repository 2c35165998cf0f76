import { check, type DeviceKind, type Enrolled, type KeySet, messages, proofText, readJson } from "#wire";
import { pinOf } from "./hash.ts";
import type { Identity } from "./identity.ts";
import { signText } from "./keys.ts";
import type { Dial } from "./pin.ts";
import { request } from "./request.ts";

export interface Hardware {
  model: string;
  serial: string;
}

export interface Application {
  controllerUrl: string;
  token: string;
  kind: DeviceKind;
  hardware: Hardware;
}

export type Enrolment =
  | { state: "enrolled"; enrolled: Enrolled }
  /** A person decides; ask again later. */
  | { state: "awaiting"; why: string }
  /** Asking again may help (the controller is away), or a person must give another token. */
  | { state: "refused"; why: string };

/** `<secret>.<K>.<C>` in parts. */
export function tokenPins(token: string): { contentKey: string; certificate: string } {
  const [, contentKey = "", certificate = ""] = token.split(".");
  return { contentKey, certificate };
}

/** Asks once (DESIGN §8). Idempotent: the same key and token give the same device and a further password.
 *  Rejects when the controller cannot be reached. */
export async function enrol(identity: Identity, asked: Application, how: Dial): Promise<Enrolment> {
  const { token, kind, hardware } = asked;
  const keys = { sign: identity.sign.public, seal: identity.seal.public };
  // Signed when somebody is there to read it: a device without a line asks every minute.
  const application = (): string => {
    const proof = signText(identity.sign, proofText(token, hardware.serial, identity.seal.public));
    return JSON.stringify({ token, kind, hardware, keys, proof });
  };
  const url = new URL("/api/v1/enrolments", asked.controllerUrl);
  const answer = await request("POST", url, application, how);
  if (answer.status === 202) return { state: "awaiting", why: "a person has to approve this device" };
  if (answer.status !== 201 && answer.status !== 200)
    return { state: "refused", why: `HTTP ${answer.status}${titleOf(answer.body)}` };
  const json = readJson(answer.body, 64 * 1024);
  const checked = json.ok ? check(messages.enrolled, json.message) : json;
  if (!checked.ok) return { state: "refused", why: `the answer is not one: ${checked.problem}` };
  return judge(identity.enrolled, checked.message, tokenPins(token).contentKey);
}

/** The token pins the first content key. A set that is known already is kept: a newer one comes signed, never from here,
 *  so that whoever gets hold of the HTTP side alone cannot command a device. */
function judge(known: Enrolled | undefined, answer: Enrolled, contentKey: string): Enrolment {
  if (known?.device === answer.device) return { state: "enrolled", enrolled: { ...answer, keySet: known.keySet } };
  if (!hasContentKey(answer.keySet, contentKey))
    return { state: "refused", why: `its key set lacks the content key ${contentKey} that the token names` };
  return { state: "enrolled", enrolled: answer };
}

const hasContentKey = (set: KeySet, pin: string): boolean =>
  set.keys.some((k) => k.use === "content" && pinOf(Buffer.from(k.key, "base64url")) === pin);

/** Of a problem document (RFC 9457): what people should read. */
function titleOf(body: string): string {
  const json = readJson(body, 64 * 1024);
  const { title, detail } = (json.ok ? (json.message as { title?: unknown; detail?: unknown } | null) : null) ?? {};
  const words = [title, detail].filter((w) => typeof w === "string").join(": ");
  return words === "" ? "" : ` (${words.slice(0, 300)})`;
}
