import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { type KeySet, messages, type Purpose, purposes, type Signed } from "#wire";
import type { Clock } from "./clock.ts";
import type { Keys } from "./keys.ts";

type BodyOf<P extends Purpose> = ReturnType<(typeof purposes)[P]["body"]["parse"]>;
/** What a purpose says beside the head that the signer writes. */
export type Content<P extends Purpose> = Omit<BodyOf<P>, "purpose" | "device" | "issuedAt">;

export interface Signer {
  /** What devices check signatures with. */
  keySet(): KeySet;
  /** A signed message for one device, issued now. Throws on content that breaks the purpose's schema: that is a bug. */
  sign<P extends Purpose>(purpose: P, device: string, content: Content<P>): Signed;
  /** K of an enrolment token (DESIGN §8): pins the first content key. */
  tokenPin(): string;
}

const keySetVersion = 1;

export function createSigner(needs: { keys: Pick<Keys, "online" | "content">; clock: Clock }): Signer {
  const private_ = needs.keys;
  const online = describeKey(private_.online);
  const content = describeKey(private_.content);
  const set: KeySet = {
    version: keySetVersion,
    keys: [
      { id: content.id, use: "content", key: content.key },
      { id: online.id, use: "online", key: online.key },
    ],
  };
  return {
    keySet: () => structuredClone(set),
    tokenPin: () => pinOf(Buffer.from(content.key, "base64url")),
    sign(purpose, device, more) {
      const { use, body: schema } = purposes[purpose];
      const body = JSON.stringify(schema.parse({ purpose, device, issuedAt: needs.clock.now(), ...more }));
      const signature = sign(null, Buffer.from(body), private_[use]).toString("base64url");
      return messages.signed.parse({ v: 1, body, key: (use === "online" ? online : content).id, sig: signature });
    },
  };
}

/** base64url of the raw 32 bytes, and the id: the first 16 letters of its SHA-256. */
function describeKey(key: KeyObject): { id: string; key: string } {
  const raw = createPublicKey(key).export({ format: "jwk" }).x ?? "";
  const digest = createHash("sha256").update(Buffer.from(raw, "base64url")).digest("base64url");
  return { id: digest.slice(0, 16), key: raw };
}

/** base64url of the first 16 bytes of SHA-256: 22 letters. */
export const pinOf = (bytes: Buffer): string =>
  createHash("sha256").update(bytes).digest().subarray(0, 16).toString("base64url");
