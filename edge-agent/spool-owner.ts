import { join } from "node:path";
import { emptySpool } from "./link/index.ts";
import { type Log, reason } from "./log.ts";
import type { IdentityFile } from "./trust/index.ts";

/** What is kept was measured as one device. Under another name it would be that one's, and nobody would miss it at the
 *  first: it goes, and the new name begins with a boot of its own.
 *  @returns the name before, if the spool was emptied */
export async function ownSpool(identity: IdentityFile, dataDir: string, log: Log): Promise<string | undefined> {
  const { enrolled, spoolOf } = identity.get();
  if (!enrolled || spoolOf === enrolled.device) return undefined;
  if (spoolOf !== undefined) {
    await emptySpool(join(dataDir, "spool"));
    log.warn(`this device is ${enrolled.device} now: what was kept as ${spoolOf} and not delivered is dropped`);
  }
  // A full disk must not keep the device from measuring; it is looked at again at the next start.
  await identity.change({ spoolOf: enrolled.device }).catch((error) => log.error(`identity: ${reason(error)}`));
  return spoolOf;
}
