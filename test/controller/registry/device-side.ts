import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { type DeviceKind, type Enrolment, proofText } from "#wire";

/** A device that knocks, with keys of its own. */
export interface DeviceSide {
  signKey: string;
  knockWith(token: string, more?: Partial<Enrolment>): Enrolment;
}

export function deviceSide(serial: string, kind: DeviceKind = "access-point", model = "Demo AP 1"): DeviceSide {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const seal = randomBytes(32).toString("base64url");
  const signKey = rawOf(publicKey);
  return {
    signKey,
    knockWith(token, more = {}) {
      const proof = sign(null, Buffer.from(proofText(token, serial, seal)), privateKey).toString("base64url");
      return { token, kind, hardware: { model, serial }, keys: { sign: signKey, seal }, proof, ...more };
    },
  };
}

const rawOf = (key: KeyObject): string => key.export({ format: "jwk" }).x ?? "";
