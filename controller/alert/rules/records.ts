import { type Kysely, sql } from "kysely";
import type { Database, Records } from "../../store/records/index.ts";
import type { Standing } from "./engine.ts";
import { isForgettable } from "./instance.ts";

/** What instances are from now on, in the transaction of what became of them. */
export async function keepInstances(db: Kysely<Database>, changed: readonly Standing[], now: number): Promise<void> {
  if (changed.length === 0) return;
  const gone = changed.filter(({ instance }) => isForgettable(instance, now));
  const kept = changed.filter(({ instance }) => !isForgettable(instance, now));
  const keys = JSON.stringify(gone.map(({ rule, device, series }) => [rule, device, series]));
  await sql`
    DELETE FROM alert_instance WHERE (rule, device, series) IN (
      SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(${keys}))`.execute(db);
  const rows = JSON.stringify(
    kept.map(({ rule, device, series, instance: { state, since, samples, badSince, duty, flap }, number }) => [
      ...[rule, device, series, state, since, samples, badSince, duty],
      ...[flap.score, flap.at, flap.flapping ? 1 : 0, number],
    ]),
  );
  await sql`
    INSERT INTO alert_instance
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
      CAST(value ->> 8 AS REAL), value ->> 9, value ->> 10, CAST(value ->> 11 AS REAL) FROM json_each(${rows}) WHERE true
    ON CONFLICT (rule, device, series) DO UPDATE SET
      state = excluded.state, since = excluded.since, samples = excluded.samples, bad_since = excluded.bad_since,
      duty = excluded.duty, flap_score = excluded.flap_score, flap_at = excluded.flap_at,
      flapping = excluded.flapping, number = excluded.number`.execute(db);
}

/** Instances as they were left. What was on its way to firing is not held against the time in which nobody looked. */
export async function loadInstances({ db }: Records, now: number): Promise<Standing[]> {
  const life = await db.selectFrom("alert_life").select("alive_at").executeTakeFirst();
  const gapMs = Math.max(0, now - (life?.alive_at ?? now));
  const rows = await db.selectFrom("alert_instance").selectAll().execute();
  return rows.map((row) => {
    const state = row.state as Standing["instance"]["state"];
    const shiftMs = state === "pending" || state === "clearing" ? gapMs : 0;
    return {
      rule: row.rule,
      device: row.device,
      series: row.series,
      number: row.number,
      instance: {
        state,
        since: row.since + shiftMs,
        samples: row.samples,
        badSince: row.bad_since,
        duty: row.duty,
        flap: { score: row.flap_score, at: row.flap_at, flapping: row.flapping === 1 },
      },
    };
  });
}

export async function noteAlive({ db }: Records, now: number): Promise<void> {
  await db
    .insertInto("alert_life")
    .values({ id: 1, alive_at: now })
    .onConflict((c) => c.column("id").doUpdateSet({ alive_at: now }))
    .execute();
}
