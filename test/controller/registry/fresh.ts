import { createAuth } from "../../../controller/auth/index.ts";
import { openContentKeys } from "../../../controller/base/key-set.ts";
import { openKeys } from "../../../controller/base/keys.ts";
import { createSigner } from "../../../controller/base/signing.ts";
import { createRegistry, type KnockLimits, type Registry } from "../../../controller/registry/index.ts";
import { type Fresh, freshRecords, quiet } from "../records/fresh.ts";

export interface FreshRegistry extends Fresh {
  registry: Registry;
  audit: ReturnType<typeof createAuth>["audit"];
  /** A registry that starts anew on the same records. */
  again(): Promise<Registry>;
}

export async function freshRegistry(knockLimits?: KnockLimits): Promise<FreshRegistry> {
  const fresh = await freshRecords();
  const { records, clock } = fresh;
  const { audit } = createAuth({ records, clock, log: quiet });
  const signer = createSigner({
    online: openKeys(`${fresh.folder}/keys`).online,
    keys: openContentKeys(`${fresh.folder}/keys`),
    clock,
  });
  const open = () =>
    createRegistry({
      records,
      clock,
      log: quiet,
      audit,
      keySet: signer.keySet,
      pins: () => ({ content: signer.tokenPin(), certificate: "" }),
      mqttUrl: () => "ws://127.0.0.1:8080/mqtt",
      ...(knockLimits ? { knockLimits } : {}),
    });
  return { ...fresh, registry: await open(), audit, again: open };
}

export const somebody = { kind: "user", id: "user_test" };
