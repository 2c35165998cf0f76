import { type Kysely, sql } from "kysely";
import type { Database } from "../../store/records/index.ts";
import { writeEvent } from "../records.ts";
import { duration } from "../times.ts";

/** Incidents that are over and were the line's, of which every device has now shown that it was up: their sentence and
 *  their history say so. In the transaction of what shows it; nobody is told anew.
 *  @returns their ids */
export async function explain(
  trx: Kysely<Database>,
  gaps: readonly { device: string; from: number; to: number }[],
  now: number,
): Promise<string[]> {
  const list = JSON.stringify(gaps.map(({ device, from, to }) => [device, from, to]));
  const { rows } = await sql<{ id: string; since: number; resolved_at: number }>`
    SELECT DISTINCT i.id, i.since, i.resolved_at
    FROM json_each(${list}) AS g
    JOIN incident_member AS m ON m.device = g.value ->> 0 AND m.since < g.value ->> 2 AND m.back_at > g.value ->> 1
    JOIN incident AS i ON i.id = m.incident
    WHERE i.state = 'resolved' AND i.cause = 'line' AND i.rule IN ('device_down', 'site_unreachable')
      AND m.state = 'back' AND i.facts_json ->> '$.servedLocally' IS NULL
      AND NOT EXISTS (
        SELECT 1 FROM incident_member AS other
        WHERE other.incident = i.id AND other.state = 'back' AND NOT EXISTS (
          SELECT 1 FROM availability_revision AS r JOIN availability_interval AS x USING (device, from_at)
          WHERE r.device = other.device AND x.from_at < other.back_at AND x.to_at > other.since))`.execute(trx);
  for (const { id, since, resolved_at } of rows) {
    await sql`
      UPDATE incident SET facts_json = json_set(facts_json, '$.servedLocally', json('true')) WHERE id = ${id}`.execute(
      trx,
    );
    const text = `the line was down ${duration(resolved_at - since)}`;
    await writeEvent(trx, id, { at: now, kind: "explained", text });
  }
  return rows.map(({ id }) => id);
}
