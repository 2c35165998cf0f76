import type * as z from "zod/mini";
import { check, type KeySet, limits, messages, type Purpose, purposes, readJson } from "#wire";
import { verifyText } from "./keys.ts";

const dayMs = 24 * 3600 * 1000;
/** One body raises the floor by at most this unless the clock is synced: a wrong date must not lock a device out. */
const longestRaiseMs = 30 * dayMs;

export interface Trusted {
  device: string;
  keySet: KeySet;
  /** The highest signed issuedAt seen. */
  floor: number;
}

/** What the agent believes about time: `synced` is a wall clock worth believing. */
export interface BelievedTime {
  now: number;
  synced: boolean;
}

export type BodyOf<P extends Purpose> = z.infer<(typeof purposes)[P]["body"]>;

export type Refusal =
  | "unreadable"
  | "wrong purpose"
  | "unknown key"
  | "wrong key"
  | "bad signature"
  | "wrong device"
  | "expired"
  | "too old"
  | "from the future"
  | "lower key set"
  | "useless key set";

export type Verdict<P extends Purpose> =
  | { ok: true; body: BodyOf<P>; text: string; floor: number }
  | { ok: false; why: Refusal; detail: string };

/** For people: what was wrong with it. */
export function refusalSentence({ why, detail }: { why: Refusal; detail: string }): string {
  if (why === "unknown key") return `signed by key ${detail}, which is not in this device's key set`;
  if (why === "bad signature") return `the signature of key ${detail} does not hold`;
  if (why === "wrong key") return `signed by the wrong kind of key: ${detail}`;
  if (why === "wrong device") return `written for another device, ${detail}`;
  return detail === "" ? why : `${why}: ${detail}`;
}

const refuse = (why: Refusal, detail = ""): { ok: false; why: Refusal; detail: string } => ({ ok: false, why, detail });

/** Judges one signed message that came on the topic of `purpose` (DESIGN §4). Nothing of the body is believed, and
 *  nothing of it even parsed, before the signature held. */
export function verifySigned<P extends Purpose>(
  purpose: P,
  payload: Uint8Array,
  trusted: Trusted,
  time: BelievedTime,
): Verdict<P> {
  const json = readJson(payload, limits.packetBytes);
  const outer = json.ok ? check(messages.signed, json.message) : json;
  if (!outer.ok) return refuse("unreadable", outer.problem);
  const { body: text, key: id, sig } = outer.message;
  const key = trusted.keySet.keys.find((k) => k.id === id);
  if (!key) return refuse("unknown key", id);
  if (key.use !== purposes[purpose].use) return refuse("wrong key", `${id} signs ${key.use}, not ${purpose}`);
  if (!verifyText(key.key, text, sig)) return refuse("bad signature", id);
  const inner = readJson(text, limits.bodyBytes);
  if (!inner.ok) return refuse("unreadable", inner.problem);
  const said = (inner.message as { purpose?: unknown } | null)?.purpose;
  if (said !== purpose) return refuse("wrong purpose", String(said).slice(0, 64));
  const checked = check(purposes[purpose].body, inner.message);
  if (!checked.ok) return refuse("unreadable", checked.problem);
  const body = checked.message as BodyOf<P>;
  const problem = misfit(purpose, body, trusted, time);
  return problem ?? { ok: true, body, text, floor: raised(purpose, body, trusted.floor, time) };
}

function misfit(purpose: Purpose, body: BodyOf<Purpose>, trusted: Trusted, time: BelievedTime) {
  if (body.device !== trusted.device) return refuse("wrong device", body.device);
  const atLeast = Math.max(trusted.floor, time.synced ? time.now : 0);
  if (body.expiresAt !== undefined && body.expiresAt < atLeast) return refuse("expired", iso(body.expiresAt));
  if (time.synced && body.issuedAt > time.now + dayMs) return refuse("from the future", iso(body.issuedAt));
  // Configuration, firmware and key sets are protected from replay by their revision and version.
  if (purposes[purpose].use === "online" && body.issuedAt < trusted.floor - dayMs)
    return refuse("too old", iso(body.issuedAt));
  if (body.purpose === "keys" && body.keySet.version <= trusted.keySet.version)
    return refuse("lower key set", `${body.keySet.version} after ${trusted.keySet.version}`);
  if (body.purpose === "keys") return useless(body.keySet);
  return undefined;
}

/** A set with which nobody could command this device any more, or not clearly, would strand it. */
function useless({ keys }: KeySet) {
  for (const use of ["content", "online"] as const)
    if (!keys.some((k) => k.use === use)) return refuse("useless key set", `no ${use} key in it`);
  const twice = keys.find((k, i) => keys.some((other, j) => j < i && (other.id === k.id || other.key === k.key)));
  return twice && refuse("useless key set", `${twice.id} is in it twice`);
}

function raised(purpose: Purpose, body: BodyOf<Purpose>, floor: number, time: BelievedTime): number {
  if (purpose === "keys") return body.issuedAt;
  // From nothing, a step of 30 days would take the floor nowhere near the present.
  const most = time.synced || floor === 0 ? body.issuedAt : floor + longestRaiseMs;
  return Math.max(floor, Math.min(body.issuedAt, most));
}

const iso = (at: number): string => (at < 8.64e15 ? new Date(at).toISOString() : String(at));
