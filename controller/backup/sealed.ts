import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { z } from "zod";

/** About a third of a second and 128 MiB on a small server: what guessing a passphrase costs, once a guess. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 };
export const shortestPassphrase = 12;

const bytes = z.base64url();
const box = z.object({
  v: z.literal(1),
  kdf: z.object({ name: z.literal("scrypt"), N: z.literal(cost.N), r: z.literal(cost.r), p: z.literal(cost.p) }),
  salt: bytes,
  iv: bytes,
  box: bytes,
});

/** Files by name, sealed with a passphrase: scrypt (RFC 7914), AES-256-GCM. @returns JSON text */
export function sealFiles(files: Readonly<Record<string, string>>, passphrase: string): string {
  const [salt, iv] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv("aes-256-gcm", scryptSync(passphrase, salt, 32, cost), iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(files), "utf8"), cipher.final(), cipher.getAuthTag()]);
  const { N, r, p } = cost;
  const text = { salt: salt.toString("base64url"), iv: iv.toString("base64url"), box: sealed.toString("base64url") };
  return `${JSON.stringify({ v: 1, kdf: { name: "scrypt", N, r, p }, ...text })}\n`;
}

/** Throws a sentence when the passphrase is another, or the file was changed. */
export function openFiles(text: string, passphrase: string): Record<string, string> {
  try {
    const { salt, iv, box: sealed } = box.parse(JSON.parse(text));
    const packed = Buffer.from(sealed, "base64url");
    const key = scryptSync(passphrase, Buffer.from(salt, "base64url"), 32, cost);
    const opener = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"), { authTagLength: 16 });
    opener.setAuthTag(packed.subarray(-16));
    const plain = opener.update(packed.subarray(0, -16), undefined, "utf8") + opener.final("utf8");
    return z.record(z.string().regex(/^[a-z0-9-]+\.(pem|key|json)$/), z.string()).parse(JSON.parse(plain));
  } catch {
    throw new Error("the keys do not open: another passphrase, or the file was changed");
  }
}
