import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { type DeviceKind, type Enrolment, proofText } from "#wire";

/** A device that knocks, with keys of its own. */
export interface DeviceSide {
  signKey: string;
  /** The same keys in other hardware: a copied disk. */
  inBox(serial: string): DeviceSide;
  knockWith(token: string, more?: Partial<Enrolment>): Enrolment;
}

export function deviceSide(
  serial: string,
  kind: DeviceKind = "access-point",
  keys = { pair: generateKeyPairSync("ed25519"), seal: randomBytes(32).toString("base64url") },
): DeviceSide {
  const { privateKey, publicKey } = keys.pair;
  const { seal } = keys;
  const model = "Demo AP 1";
  const signKey = rawOf(publicKey);
  return {
    signKey,
    inBox: (other) => deviceSide(other, kind, keys),
    knockWith(token, more = {}) {
      const proof = sign(null, Buffer.from(proofText(token, serial, seal)), privateKey).toString("base64url");
      return { token, kind, hardware: { model, serial }, keys: { sign: signKey, seal }, proof, ...more };
    },
  };
}

const rawOf = (key: KeyObject): string => key.export({ format: "jwk" }).x ?? "";
