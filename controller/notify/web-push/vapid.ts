import { createPublicKey, type KeyObject, sign } from "node:crypto";

/** How browsers and their push services know this controller (RFC 8292). */
export interface PushKey {
  private: KeyObject;
  /** Under which people reach the screens. */
  url(): string;
}

const validMs = 12 * 3_600_000;

/** The raw point in base64url: what a browser subscribes with. */
export function publicKeyOf({ private: key }: PushKey): string {
  const { x = "", y = "" } = createPublicKey(key).export({ format: "jwk" });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]).toString(
    "base64url",
  );
}

/** The Authorization header for one push service. */
export function authorization(key: PushKey, endpoint: string, now: number): string {
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor((now + validMs) / 1_000), sub: contactOf(key.url()) };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ typ: "JWT", alg: "ES256" })}.${part(claims)}`;
  const mark = sign("sha256", Buffer.from(text), { key: key.private, dsaEncoding: "ieee-p1363" });
  return `vapid t=${text}.${mark.toString("base64url")}, k=${publicKeyOf(key)}`;
}

/** Whom a push service could write to; it takes nothing but https and mailto. */
const contactOf = (url: string): string =>
  url.startsWith("https://") ? url : `mailto:lamplighter@${URL.canParse(url) ? new URL(url).hostname : "localhost"}`;
