import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { readOrMake } from "./keys.ts";

const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;

/** Keeps secrets in the records: whoever has only the database reads none of them (DESIGN §10). */
export interface Seal {
  /** @param about where it belongs: sealed for one place, it opens at no other */
  seal(text: string, about: string): string;
  /** Throws where the key is another, or the text or its place were changed. */
  open(sealed: string, about: string): string;
  /** The same for the same text at the same place; tells nothing to who has no key. */
  digest(text: string, about: string): string;
}

/** AES-256-GCM with a key of 32 bytes. */
export function createSeal(key: Buffer): Seal {
  if (key.length !== keyBytes) throw new Error(`the key at rest has ${key.length} bytes; ${keyBytes} expected`);
  const derive = (use: string): Buffer => Buffer.from(hkdfSync("sha256", key, "", `lamplighter ${use}`, keyBytes));
  const [forText, forDigest] = [derive("seal"), derive("digest")];
  return {
    seal(text, about) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", forText, iv).setAAD(Buffer.from(about));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
    },
    open(sealed, about) {
      const bytes = Buffer.from(sealed, "base64url");
      if (bytes.length < ivBytes + tagBytes) throw new Error("a sealed text is too short");
      const decipher = createDecipheriv("aes-256-gcm", forText, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString("utf8");
    },
    digest: (text, about) =>
      createHmac("sha256", forDigest).update(`${about}\n${text}`).digest("base64url").slice(0, 22),
  };
}

/** The key of this installation, made at the first start: a 0600 file beside the others. */
export function openSeal(folder: string): Seal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "at-rest.key");
  const text = readOrMake(file, () => `${randomBytes(keyBytes).toString("base64url")}\n`);
  try {
    return createSeal(Buffer.from(text.trim(), "base64url"));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}
