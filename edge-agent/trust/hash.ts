import { createHash } from "node:crypto";

/** base64url SHA-256 of a signed body: the `hash` of a configuration (DESIGN §4). */
export const bodyHash = (body: string): string => createHash("sha256").update(body, "utf8").digest("base64url");

/** The pin of raw key bytes in a token: base64url of the first 16 bytes of SHA-256 (DESIGN §8). */
export const pinOf = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest().subarray(0, 16).toString("base64url");
