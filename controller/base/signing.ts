import { createHash, type KeyObject, sign } from "node:crypto";
import { type KeySet, messages, type Purpose, purposes, type Signed } from "#wire";
import type { Clock } from "./clock.ts";
import { type ContentKeys, describeKey, inUse } from "./key-set.ts";

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
  /** The newest key set for a device that has an older one, signed by a key that it believes; by every key there was
   *  where the device does not say which set it `has`. None: it has the newest, or one that is not ours. */
  newerSet(device: string, has: number | undefined): Signed[];
  /** A content body as it was, signed by a key that is in the set: the one that signed it may be retired. */
  renewed(signed: Signed): Signed;
}

export function createSigner(needs: { online: KeyObject; keys: ContentKeys; clock: Clock }): Signer {
  const { version, content: all } = needs.keys;
  const online = { private: needs.online, ...describeKey(needs.online) };
  const content = all.map((one) => ({ ...one, ...describeKey(one.private) }));
  const current = inUse(content);
  // The oldest one signs: devices that have not heard of the newest set yet know it.
  const [main] = current;
  if (!main) throw new Error("a key set without a content key");
  const set: KeySet = {
    version,
    keys: [
      ...current.map(({ id, key }) => ({ id, use: "content" as const, key })),
      { id: online.id, use: "online", key: online.key },
    ],
  };
  const write = (body: string, by: { id: string; private: KeyObject }): Signed => {
    const sig = sign(null, Buffer.from(body), by.private).toString("base64url");
    return messages.signed.parse({ v: 1, body, key: by.id, sig });
  };
  const bodyOf = (purpose: Purpose, device: string, more: object): string =>
    JSON.stringify(purposes[purpose].body.parse({ purpose, device, issuedAt: needs.clock.now(), ...more }));
  return {
    keySet: () => structuredClone(set),
    tokenPin: () => pinOf(Buffer.from(main.key, "base64url")),
    sign: (purpose, device, more) =>
      write(bodyOf(purpose, device, more), purposes[purpose].use === "online" ? online : main),
    newerSet(device, has) {
      if (has !== undefined && has >= version) return [];
      const known = has === undefined ? content : inUse(content, has).slice(0, 1);
      if (version === 1 || known.length === 0) return [];
      const body = bodyOf("keys", device, { keySet: set });
      return known.map((by) => write(body, by));
    },
    renewed: (signed) => (current.some(({ id }) => id === signed.key) ? signed : write(signed.body, main)),
  };
}

/** base64url of the first 16 bytes of SHA-256: 22 letters. */
export const pinOf = (bytes: Buffer): string =>
  createHash("sha256").update(bytes).digest().subarray(0, 16).toString("base64url");
