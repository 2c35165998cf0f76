import fc from "fast-check";
import { limits, type MessageOf, type Suffix } from "#wire";

const letters = [..."abcdefghijklmnopqrstuvwxyz234567"];
const of = (alphabet: string[], size: number) =>
  fc.array(fc.constantFrom(...alphabet), { minLength: size, maxLength: size }).map((c) => c.join(""));
const base64 = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"];
export const boot = of(letters, 20);
const count = fc.integer({ min: 0, max: 2 ** 40 });
const seq = fc.integer({ min: 1, max: 2 ** 40 });
const at = fc.integer({ min: 0, max: 4e12 });
const session = fc.integer({ min: 0, max: 1e6 });
const text = (max: number) =>
  fc.string({ maxLength: Math.floor(max / 4), unit: "grapheme" }).filter((s) => Buffer.byteLength(s) <= max);
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);
const hash = fc.oneof(fc.constant(""), of(base64, 43));
const state = fc.constantFrom(
  "trying" as const,
  "applied" as const,
  "partly" as const,
  "rejected" as const,
  "reverted" as const,
);
const config = fc.record({ revision: count, hash, state });
const v = fc.constant(1 as const);
const held = fc.record({ boot, from: seq, to: seq, points: count }, { requiredKeys: ["boot", "from", "to", "points"] });
const spool = fc.record({ batches: count, points: count, bytes: count, held: fc.array(held, { maxLength: 3 }) });
const clock = fc.constantFrom("synced" as const, "corrected" as const, "unknown" as const);
const range = fc.record({ boot, from: seq, to: seq });
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const head = { v, boot, session, seq, at, upMs: count, clock, total: count };
const point = fc.record(
  {
    m: name,
    at,
    t: fc.dictionary(name, text(limits.stringBytes), { maxKeys: limits.tags }),
    f: fc.dictionary(name, fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), text(64)), {
      minKeys: 1,
      maxKeys: 6,
    }),
    of: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
  },
  { requiredKeys: ["m", "at", "f"] },
);
const signed = fc.record({ v, body: text(2000), key: id, sig: of(base64, 86) });

/** Something valid on every topic. */
export const valid: { [S in Suffix]: fc.Arbitrary<unknown> } = {
  presence: fc.oneof(
    fc.record({
      v,
      online: fc.constant(true as const),
      boot,
      session,
      at,
      upMs: count,
      clock,
      agent: text(64),
      hardware: fc.record({ model: text(128), serial: text(128) }),
      firmware: text(128),
      intervalMs: count,
      config,
      seq: count,
      total: count,
      spool,
      unfinished: fc.array(fc.record({ boot, lastSeq: count, total: count }), { maxLength: 3 }),
    }),
    fc.record({ v, online: fc.constant(false as const), boot, session }),
    fc.record({
      v,
      online: fc.constant(false as const),
      boot,
      session,
      at,
      reason: fc.constantFrom("stopped" as const, "sleeping" as const),
    }),
  ),
  heartbeat: fc.record({ v, boot, session, at, seq: count, total: count, config, spool }),
  telemetry: fc.record(
    { ...head, points: fc.array(point, { minLength: 1, maxLength: 5 }), replaces: fc.array(range, { maxLength: 2 }) },
    { requiredKeys: ["v", "boot", "session", "seq", "at", "upMs", "clock", "total", "points"] },
  ),
  event: fc.record({
    ...head,
    kind: fc.stringMatching(/^[a-z][a-z-]{0,20}$/),
    severity: fc.constantFrom("info" as const, "warning" as const, "error" as const),
    detail: fc.dictionary(name, fc.integer()),
  }),
  "config/reported": fc.record({
    v,
    revision: count,
    hash,
    state,
    attempt: count,
    session,
    at,
    problems: fc.array(fc.record({ path: text(100), message: text(100) }), { maxLength: 2 }),
  }),
  "firmware/reported": fc.record({
    v,
    version: text(50),
    state: fc.constantFrom("downloading" as const, "confirmed" as const),
    at,
  }),
  "command/<id>/result": fc.record({ v, state: fc.constantFrom("done" as const, "failed" as const), at }),
  delivered: fc.record({ v, ranges: fc.array(range, { maxLength: 5 }) }),
  welcome: signed,
  "config/desired": signed,
  "config/confirm": signed,
  "command/<id>": signed,
  "firmware/desired": signed,
  keys: signed,
};
export type Valid<S extends Suffix> = MessageOf<S>;
