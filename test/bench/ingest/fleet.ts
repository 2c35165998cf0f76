import { join } from "node:path";
import { systemClock } from "../../../controller/base/clock.ts";
import { hashOf } from "../../../controller/base/ids.ts";
import { createLog } from "../../../controller/base/log.ts";
import { openRecords } from "../../../controller/store/records/index.ts";
import { deviceOf } from "./points.ts";

/** Of every device of a bench. */
export const password = "bench-device-password";

/** Devices with their credentials in the records, as if they had enrolled and connected once. */
export async function fillFleet(dataDir: string, many: number): Promise<void> {
  const log = createLog({ level: "silent" });
  const records = await openRecords({ file: join(dataDir, "records.db"), log, clock: systemClock });
  const now = systemClock.now();
  const nobody = { site: null, via: null, profile: null, lat: null, lon: null };
  const secret_hash = hashOf(password);
  await records.db.transaction().execute(async (trx) => {
    for (let n = 0; n < many; n++) {
      const id = deviceOf(n);
      const given = { model: "demo board", serial: id, sign_key: `sign-${id}`, seal_key: `seal-${id}` };
      const { organisation } = records;
      const times = { created_at: now, updated_at: now };
      await trx
        .insertInto("device")
        .values({
          id,
          organisation,
          name: id,
          kind: "access-point",
          tags_json: "[]",
          version: 1,
          ...nobody,
          ...given,
          ...times,
        })
        .execute();
      await trx
        .insertInto("credential")
        .values({ id: `credential-${id}`, device: id, secret_hash, ...given, created_at: now, connected_at: now })
        .execute();
    }
  });
  await records.close();
}
