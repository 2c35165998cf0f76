import { type Kysely, sql } from "kysely";
import type { Clock } from "../base/clock.ts";
import type { Database, Records } from "../store/records/index.ts";
import { deliverySchema, laneOf } from "./delivery.ts";
import { notifyLimits } from "./limits.ts";
import { hears } from "./outbox.ts";

/** Who hears it when a channel can't be reached: critical notices after a minute of trying, whatever is given up at once. */
export function createFailover(needs: { records: Records; clock: Clock }) {
  const { clock } = needs;
  const { db } = needs.records;

  const stuck = (t: Kysely<Database>, now: number) =>
    t
      .selectFrom("outbox")
      .innerJoin("channel", "channel.id", "outbox.channel")
      .innerJoin("incident", "incident.id", "outbox.incident")
      .selectAll("outbox")
      .select([sql<string>`json_extract(delivery_json, '$.fallback')`.as("fallback"), "incident.severity"])
      .where(
        // Two indexes: whatever was sent long ago is not looked at every second.
        sql<boolean>`outbox.id IN (SELECT id FROM outbox WHERE state = 'waiting' UNION ALL SELECT id FROM outbox
          WHERE state = 'dead' AND passed_at IS NULL AND done_at > ${now - notifyLimits.ageMaxMs})`,
      )
      .where("passed_at", "is", null)
      .where(sql<boolean>`json_extract(delivery_json, '$.fallback') IS NOT NULL`)
      .where(
        sql<boolean>`(
          (outbox.state = 'waiting' AND incident.severity = 'critical' AND outbox.attempts + channel.failures > 0
            AND outbox.ready_at <= ${now - notifyLimits.passOnMs} AND (outbox.lane != 'digest' OR outbox.digest IS NOT NULL)
            AND ${hears(now)})
          OR outbox.state = 'dead')`,
      )
      .orderBy("outbox.id")
      .limit(notifyLimits.roundRows);

  return {
    /** Passes on what waits for too long or was given up. @returns the incidents of it */
    async passOn(): Promise<string[]> {
      const now = clock.now();
      if ((await stuck(db, now).execute()).length === 0) return [];
      return await db.transaction().execute(async (t) => {
        const passed: string[] = [];
        for (const row of await stuck(t, now).execute()) {
          await t.updateTable("outbox").set({ passed_at: now }).where("id", "=", row.id).execute();
          const to = await t
            .selectFrom("channel")
            .selectAll()
            .where("id", "=", row.fallback)
            .where(hears(now))
            .executeTakeFirst();
          // What was passed on to a channel is not passed on once more: two that fail would play ball with it.
          if (!to || row.passed_from !== null) continue;
          const lane = laneOf(deliverySchema.parse(JSON.parse(to.delivery_json)), row.severity, now);
          const way =
            row.severity === "critical" || lane === null ? { lane: "now", at: now } : { lane: lane.lane, at: lane.at };
          const wait = { state: "waiting", answer: null, done_at: null, lane: way.lane, not_before: way.at };
          const fate = { ...wait, ready_at: way.at, passed_from: row.channel };
          const { incident, kind, generation } = row;
          await t
            .insertInto("outbox")
            .values({
              ...{ channel: to.id, incident, kind, generation, attempts: 0, lease_until: 0, created_at: now },
              ...fate,
            })
            .onConflict((c) =>
              c
                .columns(["channel", "incident", "kind", "generation"])
                .doUpdateSet(fate)
                .where("outbox.state", "=", "skipped"),
            )
            .execute();
          passed.push(incident);
        }
        return passed;
      });
    },
  };
}
export type Failover = ReturnType<typeof createFailover>;
