import * as z from "zod/mini";
import { limits, utf8Length } from "../limits.ts";

/** Text bounded in UTF-8 bytes (limits.stringBytes unless told). */
export const text = (bytes: number = limits.stringBytes) =>
  z.string().check(z.refine((s) => utf8Length(s) <= bytes, `at most ${bytes} bytes of UTF-8`));

export const version = z.literal(1);
/** `<device>` of a topic; also MQTT client id and user name. */
export const deviceId = z.string().check(z.regex(/^[a-z0-9-]{1,64}$/, "1-64 of a-z 0-9 -"));
/** One run of an agent. Never address-like, so the scrubber leaves it alone. */
export const bootId = z.string().check(z.regex(/^[a-z2-7]{20}$/, "20 of a-z 2-7"));
export const commandId = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, "1-64 of A-Z a-z 0-9 _ -"));
/** A counter of connections within the boot; 0 before the first. */
export const session = z.int().check(z.gte(0));
/** A counter of batches within the boot; the first is 1. */
export const sequence = z.int().check(z.gte(1));
/** Sequence of the newest batch made, 0 when none was. */
export const lastSequence = z.int().check(z.gte(0));
/** Points, batches or bytes. Bounded so that the sums of a fleet stay exact, whatever one device says. */
export const count = z.int().check(z.gte(0), z.lte(limits.count, `at most ${limits.count}`));
/** Milliseconds since 1970 UTC. */
export const instant = z.int().check(z.gte(0));
export const durationMs = z.int().check(z.gte(0));
export const clockState = z.enum(["synced", "corrected", "unknown"]);
export const revision = z.int().check(z.gte(0));
/** base64url SHA-256 of a signed body, "" before the first push. */
export const hash = z.string().check(z.regex(/^([A-Za-z0-9_-]{43})?$/, "base64url SHA-256 or empty"));
/** base64url of raw 32 bytes. */
export const rawKey = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/, "base64url of 32 bytes"));
export const signature = z.string().check(z.regex(/^[A-Za-z0-9_-]{86}$/, "base64url of 64 bytes"));
export const keyId = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, "1-64 of A-Z a-z 0-9 _ -"));

export const configState = z.enum(["trying", "applied", "partly", "rejected", "reverted"]);
export const configSummary = z.object({ revision, hash, state: configState });

export const sequenceRange = z.object({ boot: bootId, from: sequence, to: sequence });

/** What is still on the device. `before` = points made in that boot before `from`, so that the ledger can say
 *  exactly how many points are missing beside a range that is delivered in part. */
export const heldRange = z.object({
  boot: bootId,
  from: sequence,
  to: sequence,
  points: count,
  before: z.optional(count),
});

export const spoolState = z.object({
  batches: count,
  points: count,
  bytes: count,
  held: z.array(heldRange).check(z.maxLength(limits.heldRanges)),
});
