import { createPublicKey, verify } from "node:crypto";
import { type Enrolment, proofText } from "#wire";

/** Whether the sender holds the key that it enrols. Never throws. */
export function provesKey(knock: Enrolment): boolean {
  try {
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: knock.keys.sign }, format: "jwk" });
    const text = proofText(knock.token, knock.hardware.serial, knock.keys.seal);
    return verify(null, Buffer.from(text), key, Buffer.from(knock.proof, "base64url"));
  } catch {
    return false; // 32 bytes that are no point of the curve
  }
}
