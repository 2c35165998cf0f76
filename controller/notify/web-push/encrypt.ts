import { createCipheriv, createECDH, type ECDH, hkdfSync } from "node:crypto";

const recordBytes = 4_096;
const tagBytes = 16;
/** What fits into the one record that push services take: header, padding mark and tag come on top. */
export const pushBytes = 3_800;

/** A message for one browser (RFC 8291, content coding aes128gcm of RFC 8188).
 *  @param to the browser's public key and secret, base64url
 *  @param fresh a new key and 16 random bytes for each message; fixed only in a test */
export function encrypt(
  message: Buffer,
  to: { p256dh: string; auth: string },
  fresh: { key: ECDH; salt: Buffer },
): Buffer {
  const theirs = Buffer.from(to.p256dh, "base64url");
  const ours = fresh.key.getPublicKey();
  const shared = fresh.key.computeSecret(theirs);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), theirs, ours]);
  const secret = derive(shared, Buffer.from(to.auth, "base64url"), info, 32);
  const key = derive(secret, fresh.salt, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = derive(secret, fresh.salt, Buffer.from("Content-Encoding: nonce\0"), 12);
  const cipher = createCipheriv("aes-128-gcm", key, nonce);
  // The last record ends with a 2, then padding: none.
  const sealed = Buffer.concat([cipher.update(message), cipher.update(Buffer.from([2])), cipher.final()]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(recordBytes);
  head.writeUInt8(ours.length, 4);
  const body = Buffer.concat([fresh.salt, head, ours, sealed, cipher.getAuthTag()]);
  if (sealed.length + tagBytes > recordBytes) throw new RangeError(`a message has at most ${pushBytes} bytes`);
  return body;
}

const derive = (secret: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, salt, info, bytes));

export function newKey(): ECDH {
  const key = createECDH("prime256v1");
  key.generateKeys();
  return key;
}
