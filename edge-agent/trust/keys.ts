import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";

/** Both halves as base64url of the raw 32 bytes, as JWK has them. */
export interface KeyPair {
  public: string;
  private: string;
}

type Curve = "Ed25519" | "X25519";

export function newKeyPair(curve: Curve): KeyPair {
  const { privateKey } = curve === "Ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("x25519");
  const { x, d } = privateKey.export({ format: "jwk" });
  if (x === undefined || d === undefined) throw new Error(`no ${curve} key could be made`);
  return { public: x, private: d };
}

const publicKey = (raw: string): KeyObject =>
  createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw }, format: "jwk" });

/** base64url Ed25519 signature over the UTF-8 text. */
export function signText(pair: KeyPair, text: string): string {
  const key = createPrivateKey({
    key: { kty: "OKP", crv: "Ed25519", x: pair.public, d: pair.private },
    format: "jwk",
  });
  return sign(null, Buffer.from(text, "utf8"), key).toString("base64url");
}

/** False also for a key or signature that is none. */
export function verifyText(rawPublic: string, text: string, signature: string): boolean {
  try {
    return verify(null, Buffer.from(text, "utf8"), publicKey(rawPublic), Buffer.from(signature, "base64url"));
  } catch {
    return false;
  }
}

/** `chars` random characters of a-z 2-7: never address-like, so the scrubber leaves them alone. */
export function randomName(chars: number): string {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  return Array.from(randomBytes(chars), (byte) => letters[byte & 31]).join("");
}

export const newSecret = (): string => randomBytes(32).toString("base64url");
