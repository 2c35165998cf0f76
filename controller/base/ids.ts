import { createHash, randomBytes, randomInt } from "node:crypto";

/** Lower case without the digits that read like letters; 32 of them, so one random byte gives one letter evenly. */
const letters = "abcdefghijklmnopqrstuvwxyz234567";

/** `<prefix>-` and 8 of a-z2-7 (40 bits): short enough to read out on a ladder. The caller checks that it is free. */
export function readableId(prefix: string): string {
  return `${prefix}-${Array.from(randomBytes(8), (byte) => letters[byte % 32]).join("")}`;
}

/** `<prefix>_` and 96 random bits in base64url: never met twice. */
export const randomId = (prefix: string): string => `${prefix}_${randomBytes(12).toString("base64url")}`;

/** A secret of n random bytes as base64url; 32 need no slow hash to keep. None begins with a dash: a command line would
 *  take it for an option. */
export function randomSecret(bytes = 32): string {
  const secret = randomBytes(bytes).toString("base64url");
  return secret.startsWith("-") ? randomSecret(bytes) : secret;
}

/** What is kept of a token-strength secret: SHA-256 in base64url. */
export const hashOf = (secret: string | Uint8Array): string => createHash("sha256").update(secret).digest("base64url");

/** A whole number from 0 to `below` - 1, evenly. */
export const randomBelow = (below: number): number => randomInt(below);

export const randomOctets = (bytes: number): Buffer => randomBytes(bytes);
