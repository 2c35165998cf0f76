import * as z from "zod/mini";
import { limits } from "../limits.ts";
import {
  commandId,
  count,
  deviceId,
  durationMs,
  instant,
  keyId,
  rawKey,
  revision,
  session,
  signature,
  text,
  version,
} from "./parts.ts";

/** `body` is the exact JSON text that was signed, so that nobody has to agree on how to write JSON. */
export const signed = z.object({ v: version, body: text(limits.bodyBytes), key: keyId, sig: signature });

export const keyUse = z.enum(["online", "content"]);
export const keySet = z.object({
  version: count,
  keys: z.array(z.object({ id: keyId, use: keyUse, key: rawKey })).check(z.minLength(1), z.maxLength(limits.keysInSet)),
});

const head = { device: deviceId, issuedAt: instant, expiresAt: z.optional(instant) };

export const welcome = z.object({
  purpose: z.literal("welcome"),
  ...head,
  session,
  now: instant,
  keySetVersion: count,
});
export const confirm = z.object({ purpose: z.literal("confirm"), ...head, revision, attempt: count, session });
export const config = z.object({
  purpose: z.literal("config"),
  ...head,
  revision,
  /** How long a trial may take before the device goes back by itself. */
  trialMs: z._default(durationMs, 60_000),
  document: z.record(z.string(), z.unknown()),
  /** Files of the device as they are to be; those of the revision before that are not here go. Absent: none. */
  files: z.optional(
    z
      .array(
        z.strictObject({
          path: text(255),
          mode: z.int().check(z.gte(0), z.lte(0o777)),
          text: text(limits.bodyBytes),
        }),
      )
      .check(z.maxLength(limits.configFiles, `at most ${limits.configFiles} files`)),
  ),
});
/** A closed list, never a shell line. */
export const commandKind = z.enum(["restart-agent", "reboot", "run-probes", "locate", "diagnose"]);
export const command = z.object({
  purpose: z.literal("command"),
  ...head,
  id: commandId,
  kind: commandKind,
  arguments: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
});
export const firmware = z.object({
  purpose: z.literal("firmware"),
  ...head,
  version: text(128),
  url: text(),
  sha256: rawKey,
  bytes: count,
});
export const keys = z.object({ purpose: z.literal("keys"), ...head, keySet });

/** Purpose → body and the kind of key that may sign it. */
export const purposes = {
  welcome: { use: "online", body: welcome },
  confirm: { use: "online", body: confirm },
  command: { use: "online", body: command },
  config: { use: "content", body: config },
  firmware: { use: "content", body: firmware },
  keys: { use: "content", body: keys },
} as const;
export type Purpose = keyof typeof purposes;

/** A secret inside a body, for one device's X25519 key (DESIGN §4 "Fixed once"). */
export const sealed = z.object({ epk: rawKey, iv: text(64), box: text(8 * 1024) });
