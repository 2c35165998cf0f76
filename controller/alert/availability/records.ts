import { type Kysely, sql } from "kysely";
import { turn } from "../../base/turn.ts";
import type { Database, Records } from "../../store/records/index.ts";
import { availabilityLimits, type Interval, type Open, type State } from "./interval.ts";
import type { Change } from "./notice.ts";

const { rowsAtOnce } = availabilityLimits;

/** What is to be written: what is over, and how devices are (null: gone). */
export interface Pending {
  over: readonly Interval[];
  changes: readonly Change[];
  open: ReadonlyMap<string, Open | null>;
  seenUntil: number;
}

export interface Loaded {
  open: Map<string, Open>;
  /** null: never looked. */
  seenUntil: number | null;
  lateUntil: number;
}

/** All or nothing, a few statements for all: ten thousand devices may fall silent together. */
export async function writePending({ db }: Records, { over, changes, open, seenUntil }: Pending): Promise<void> {
  const gone = [...open].filter(([, is]) => is === null).map(([device]) => device);
  const kept = [...open.values()].filter((is) => is !== null);
  await db.transaction().execute(async (trx) => {
    for await (const some of slices(over)) await insertOver(trx, some);
    for await (const some of slices(gone))
      await sql`DELETE FROM availability_open WHERE device IN (SELECT value FROM json_each(${JSON.stringify(some)}))`.execute(
        trx,
      );
    for await (const some of slices(kept)) await putOpen(trx, some);
    for await (const some of slices(changes)) await insertChanges(trx, some);
    await trx.updateTable("availability_state").set({ seen_until: seenUntil }).execute();
  });
}

async function* slices<T>(all: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let i = 0; i < all.length; i += rowsAtOnce) {
    if (i > 0) await turn();
    yield all.slice(i, i + rowsAtOnce);
  }
}

async function insertOver(db: Kysely<Database>, some: readonly Interval[]): Promise<void> {
  const rows = some.map((one) => [
    ...[one.device, one.from, one.to, one.state, one.cause, one.root, one.site, one.held ? 1 : 0],
  ]);
  await sql`
    INSERT INTO availability_interval (device, from_at, to_at, state, cause, root, site, held)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
    FROM json_each(${JSON.stringify(rows)})`.execute(db);
}

async function insertChanges(db: Kysely<Database>, some: readonly Change[]): Promise<void> {
  const rows = JSON.stringify(some.map(({ device, at, kind, text }) => [device, at, kind, text]));
  await sql`
    INSERT INTO device_change (device, at, kind, text)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(${rows}) WHERE true
    ON CONFLICT (device, at, kind) DO NOTHING`.execute(db);
}

async function putOpen(db: Kysely<Database>, some: readonly Open[]): Promise<void> {
  const rows = some.map((one) => [
    ...[one.device, one.from, one.state, one.cause, one.root, one.site, one.boot, one.heardAt, one.proofFrom],
  ]);
  await sql`
    INSERT INTO availability_open (device, from_at, state, cause, root, site, boot, heard_at, proof_from)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
      value ->> 8
    FROM json_each(${JSON.stringify(rows)}) WHERE true
    ON CONFLICT (device) DO UPDATE SET
      from_at = excluded.from_at, state = excluded.state, cause = excluded.cause, root = excluded.root,
      site = excluded.site, boot = excluded.boot, heard_at = excluded.heard_at,
      proof_from = excluded.proof_from`.execute(db);
}

/** How devices were when that was last written. */
export async function loadOpen({ db }: Records): Promise<Loaded> {
  const life = await db.selectFrom("availability_state").selectAll().executeTakeFirst();
  const rows = await db.selectFrom("availability_open").selectAll().execute();
  const open = rows.map((row): [string, Open] => [
    row.device,
    {
      device: row.device,
      from: row.from_at,
      state: row.state as State,
      cause: row.cause,
      root: row.root,
      site: row.site,
      boot: row.boot,
      heardAt: row.heard_at,
      proofFrom: row.proof_from,
    },
  ]);
  return { open: new Map(open), seenUntil: life?.seen_until ?? null, lateUntil: life?.late_until ?? 0 };
}

/** Forgets what ended before, in turns. */
export async function prune({ db }: Records, before: { intervals: number; changes: number }): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ device: string; from_at: number }>`
      DELETE FROM availability_interval WHERE (device, from_at) IN (
        SELECT device, from_at FROM availability_interval WHERE to_at < ${before.intervals} LIMIT ${rowsAtOnce})
      RETURNING device, from_at`.execute(db);
    const keys = JSON.stringify(rows.map(({ device, from_at }) => [device, from_at]));
    await sql`
      DELETE FROM availability_revision WHERE (device, from_at) IN (
        SELECT value ->> 0, value ->> 1 FROM json_each(${keys}))`.execute(db);
    const changes = await sql`
      DELETE FROM device_change WHERE (device, at, kind) IN (
        SELECT device, at, kind FROM device_change WHERE at < ${before.changes} LIMIT ${rowsAtOnce})`.execute(db);
    if (rows.length < rowsAtOnce && Number(changes.numAffectedRows ?? 0) < rowsAtOnce) return;
    await turn();
  }
}

/** An interval as it is known by now. */
export interface Known extends Interval {
  revised: boolean;
}

/** Of these devices, oldest first, whatever reaches into [from, to); what lasts ends at `now`. */
export async function intervalsOf(
  { db }: Records,
  devices: readonly string[],
  { from, to, now }: { from: number; to: number; now: number },
): Promise<Known[]> {
  const list = JSON.stringify(devices);
  const { rows } = await sql<{
    device: string;
    from_at: number;
    to_at: number;
    state: string;
    cause: string | null;
    root: string | null;
    site: string | null;
    revised: number;
  }>`
    SELECT i.device, i.from_at, i.to_at, coalesce(r.state, i.state) AS state,
      CASE WHEN r.device IS NULL THEN i.cause ELSE r.cause END AS cause, i.root, i.site, r.device IS NOT NULL AS revised
    FROM availability_interval AS i LEFT JOIN availability_revision AS r USING (device, from_at)
    WHERE i.device IN (SELECT value FROM json_each(${list})) AND i.from_at < ${to} AND i.to_at > ${from}
    UNION ALL
    SELECT device, from_at, max(${now}, from_at), state, cause, root, site, 0 FROM availability_open
    WHERE device IN (SELECT value FROM json_each(${list})) AND from_at < ${to}
    ORDER BY 1, 2`.execute(db);
  return rows.map(({ from_at, to_at, state, revised, ...row }) => ({
    ...row,
    from: from_at,
    to: to_at,
    state: state as State,
    held: false,
    revised: revised === 1,
  }));
}

/** Every device that anything is known of, also removed ones, and since when. A step from one to the next: however many
 *  intervals there are, only devices are read. */
export async function devicesKnown({ db }: Records): Promise<Map<string, number>> {
  const { rows } = await sql<{ device: string; since: number }>`
    WITH RECURSIVE known (device) AS (
      SELECT min(device) FROM availability_interval
      UNION ALL
      SELECT (SELECT min(device) FROM availability_interval WHERE device > known.device) FROM known
      WHERE known.device IS NOT NULL)
    SELECT device, (SELECT min(from_at) FROM availability_interval WHERE device = known.device) AS since FROM known
    WHERE device IS NOT NULL
    UNION ALL
    SELECT device, from_at FROM availability_open AS o
    WHERE NOT EXISTS (SELECT 1 FROM availability_interval WHERE device = o.device)`.execute(db);
  return new Map(rows.map(({ device, since }) => [device, since]));
}
