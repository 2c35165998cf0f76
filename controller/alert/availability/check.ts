import { sql } from "kysely";
import { turn } from "../../base/turn.ts";
import type { Records } from "../../store/records/index.ts";
import { availabilityLimits } from "./interval.ts";
import { devicesKnown } from "./records.ts";

/** Where intervals of a device do not follow each other, or what lasts does not begin where the last one ended. There is
 *  no such place, or the ledger is wrong: some devices at a time, so that nobody waits for it. */
export async function brokenPlaces(records: Records): Promise<{ device: string; at: number }[]> {
  const { devicesAtOnce } = availabilityLimits;
  const devices = [...(await devicesKnown(records)).keys()];
  const broken: { device: string; at: number }[] = [];
  for (let i = 0; i < devices.length; i += devicesAtOnce) {
    const some = JSON.stringify(devices.slice(i, i + devicesAtOnce));
    const { rows } = await sql<{ device: string; at: number }>`
      WITH own AS (
        SELECT device, from_at, to_at FROM availability_interval WHERE device IN (SELECT value FROM json_each(${some}))
        UNION ALL
        SELECT device, from_at, NULL FROM availability_open WHERE device IN (SELECT value FROM json_each(${some})))
      SELECT device, from_at AS at FROM (
        SELECT device, from_at, lag(to_at) OVER (PARTITION BY device ORDER BY from_at) AS before,
          row_number() OVER (PARTITION BY device ORDER BY from_at) AS nth FROM own)
      WHERE nth > 1 AND before IS NOT from_at`.execute(records.db);
    broken.push(...rows);
    await turn();
  }
  return broken;
}
