import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { randomSecret } from "./ids.ts";
import { readOrMake } from "./keys.ts";

/** Keeps secrets that the controller has to be able to read again: sealed in the database, the key in a file beside it. */
export interface AtRest {
  /** @param owner what it belongs to; it opens only for the same */
  seal(text: string, owner: string): string;
  /** Throws when it was changed, is another's, or was sealed with another key. */
  open(box: string, owner: string): string;
}

const ivBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/** AES-256-GCM with the key in `<folder>/at-rest.key`, made at the first start.
 *  Throws when the file is there but holds no such key. */
export function openAtRest(folder: string): AtRest {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "at-rest.key");
  const key = Buffer.from(readOrMake(file, () => randomSecret(keyBytes)).trim(), "base64url");
  if (key.length !== keyBytes) throw new Error(`${file}: ${keyBytes} bytes in base64url expected`);
  return {
    seal(text, owner) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(owner));
      const box = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return box.toString("base64url");
    },
    open(box, owner) {
      const bytes = Buffer.from(box, "base64url");
      const cipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
      cipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-tagBytes));
      return cipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, "utf8") + cipher.final("utf8");
    },
  };
}
