import { type Kysely, sql, type Transaction } from "kysely";
import { turn } from "../base/turn.ts";
import type { Database } from "../store/records/index.ts";
import { type DeviceHour, hourOf, type PendingHours } from "../store/series/index.ts";
import { rollupLimits } from "./limits.ts";

export type Mark = DeviceHour;

/** A mark with the version that it had when it was taken. */
export interface Taken extends Mark {
  version: number;
}

export type RollupMarks = ReturnType<typeof createRollupMarks>;

/** Which hours of which devices have to be rolled up (again). A mark outlives the controller; in memory is only which
 *  ones need not be written, so that a point of the current hour costs nothing. */
export function createRollupMarks(
  db: Kysely<Database>,
  limits: { knownMarks: number; pendingOfQuery: number } = rollupLimits,
) {
  const known = new Map<number, Set<string>>();
  let knownCount = 0;
  let backfilled = false;

  const forget = (hourAt: number, device: string): void => {
    const devices = known.get(hourAt);
    if (!devices?.delete(device)) return;
    knownCount -= 1;
    if (devices.size === 0) known.delete(hourAt);
  };

  const pending: PendingHours = {
    async of(devices, from, to) {
      if (!backfilled) return null;
      const found = new Map<string, number[]>();
      let left = limits.pendingOfQuery;
      for (let i = 0; i < devices.length; i += rollupLimits.devicesNamed) {
        if (i > 0) await turn();
        const rows = await db
          .selectFrom("rollup_marks")
          .select(["device", "hour_at"])
          .where("device", "in", devices.slice(i, i + rollupLimits.devicesNamed))
          .where("hour_at", ">=", hourOf(Math.max(0, from)))
          .where("hour_at", "<", to)
          .limit(left + 1)
          .execute();
        left -= rows.length;
        if (left < 0) return null;
        for (const { device, hour_at } of rows) {
          const hours = found.get(device) ?? [];
          hours.push(hour_at);
          found.set(device, hours);
        }
      }
      return found;
    },
    async oldestAt() {
      const row = await db.selectFrom("rollup_marks").select("hour_at").orderBy("hour_at").limit(1).executeTakeFirst();
      return row?.hour_at ?? null;
    },
  };

  return {
    ...pending,

    /** Marks for points that are stored: those that are not known to be there. They must be kept (`keepMarks`) before
     *  anybody says that the points are stored. */
    due(points: Iterable<{ device: string; at: number }>): Mark[] {
      const marks: Mark[] = [];
      for (const { device, at } of points) {
        const hourAt = hourOf(at);
        const devices = known.get(hourAt) ?? new Set<string>();
        if (devices.has(device)) continue;
        if (knownCount >= limits.knownMarks) {
          known.clear();
          devices.clear();
          knownCount = 0;
        }
        known.set(hourAt, devices.add(device));
        knownCount += 1;
        marks.push({ device, hourAt });
      }
      return marks;
    },

    /** The next marks of hours that begin before `before`, oldest first, after the one given. From here on their hours
     *  are marked anew by whatever is stored. */
    async take(before: number, after: Mark | null, limit: number): Promise<Taken[]> {
      const rows = await sql<{ device: string; hour_at: number; version: number }>`
        SELECT device, hour_at, version FROM rollup_marks
        WHERE hour_at < ${before} AND (hour_at, device) > (${after?.hourAt ?? -1}, ${after?.device ?? ""})
        ORDER BY hour_at, device LIMIT ${limit}`.execute(db);
      return rows.rows.map(({ device, hour_at, version }) => {
        forget(hour_at, device);
        return { device, hourAt: hour_at, version };
      });
    },

    /** Those hours are rolled up; what was marked again meanwhile stays. */
    async done(taken: readonly Taken[]): Promise<void> {
      if (taken.length === 0) return;
      const list = JSON.stringify(taken.map(({ device, hourAt, version }) => [device, hourAt, version]));
      // Without their types SQLite looks at every hour of each device.
      await sql`
        DELETE FROM rollup_marks WHERE (device, hour_at, version) IN (
          SELECT CAST(value ->> 0 AS TEXT), CAST(value ->> 1 AS INTEGER), CAST(value ->> 2 AS INTEGER)
          FROM json_each(${list}))`.execute(db);
    },

    /** How many wait, of hours that begin before `before`, and the oldest of them. */
    async waiting(before: number): Promise<{ hours: number; oldestAt: number | null }> {
      const row = await db
        .selectFrom("rollup_marks")
        .select((eb) => [eb.fn.countAll<number>().as("hours"), eb.fn.min<number | null>("hour_at").as("oldest")])
        .where("hour_at", "<", before)
        .executeTakeFirst();
      return { hours: row?.hours ?? 0, oldestAt: row?.oldest ?? null };
    },

    mark: (hourAt: number, devices: readonly string[]): Promise<void> => markHour(db, hourAt, devices),

    /** Before this, no hour is known to be rolled up. */
    async isBackfilled(): Promise<boolean> {
      const row = await db.selectFrom("rollup_state").select("backfilled_at").executeTakeFirst();
      backfilled = row?.backfilled_at != null;
      return backfilled;
    },
    async setBackfilled(now: number): Promise<void> {
      await db.updateTable("rollup_state").set({ backfilled_at: now }).execute();
      backfilled = true;
    },
  };
}

/** Writes marks with whatever they belong to. */
export async function keepMarks(trx: Transaction<Database>, marks: readonly Mark[]): Promise<void> {
  const byHour = new Map<number, string[]>();
  for (const { device, hourAt } of marks) {
    const devices = byHour.get(hourAt) ?? [];
    devices.push(device);
    byHour.set(hourAt, devices);
  }
  for (const [hourAt, devices] of byHour) await markHour(trx, hourAt, devices);
}

/** All is marked again at the next start: records and series come from two moments. */
export async function forgetBackfill(db: Kysely<Database>): Promise<void> {
  await db.updateTable("rollup_state").set({ backfilled_at: null }).execute();
}

async function markHour(db: Kysely<Database>, hourAt: number, devices: readonly string[]): Promise<void> {
  await sql`
    INSERT INTO rollup_marks (device, hour_at, version)
    SELECT value, ${hourAt}, 1 FROM json_each(${JSON.stringify(devices)}) WHERE true
    ON CONFLICT (device, hour_at) DO UPDATE SET version = version + 1`.execute(db);
}
