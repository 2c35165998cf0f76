import { createHash } from "node:crypto";

/** The pin of raw key bytes in a token: base64url of the first 16 bytes of SHA-256 (DESIGN §8). */
export const pinOf = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest().subarray(0, 16).toString("base64url");

/** base64url SHA-256 of a signed body: names it exactly. */
export const hashText = (text: string): string => createHash("sha256").update(text).digest("base64url");
