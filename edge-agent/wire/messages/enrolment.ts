import * as z from "zod/mini";
import { deviceId, rawKey, signature, text } from "./parts.ts";
import { keySet } from "./signed.ts";

export const deviceKind = z.enum(["access-point", "sensor", "gateway", "switch"]);

/** `<secret>.<K>.<C>`: K pins the first content key, C the certificate (empty: publicly trusted or plain loopback). */
export const enrolmentToken = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{22}\.([A-Za-z0-9_-]{22})?$/, "<secret>.<K>.<C>"));

export const enrolment = z.object({
  token: enrolmentToken,
  kind: deviceKind,
  hardware: z.object({ model: text(128), serial: text(128), mac: z.optional(text(64)) }),
  keys: z.object({ sign: rawKey, seal: rawKey }),
  proof: signature,
});

export const enrolled = z.object({
  device: deviceId,
  mqtt: z.object({ url: text(), username: deviceId, password: text(256) }),
  keySet,
});

/** Answer 202: a person decides. The agent repeats its POST. */
export const enrolmentAwaiting = z.object({ state: z.enum(["awaiting approval", "foreign"]) });

/** The text under `proof`: shows that the sender holds the key it enrols. */
export const proofText = (token: string, serial: string, seal: string): string =>
  `lamplighter enrolment\n${token}\n${serial}\n${seal}`;
