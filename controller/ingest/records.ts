import { type Kysely, sql, type Transaction } from "kysely";
import type { DeviceEvent } from "#wire";
import { turn } from "../base/turn.ts";
import { keepMarks, type Mark } from "../rollup/index.ts";
import type { Database } from "../store/records/index.ts";
import type { Restored } from "./delivery.ts";
import type { RefusedPoint } from "./judge.ts";
import { keepLate, type Late, lateFrom } from "./late.ts";
import type { BootLedger } from "./ledger/boot.ts";
import type { DeviceLedger, LedgerRows } from "./ledger/index.ts";
import type { Folded } from "./ledger/sums.ts";

export const keepLimits = {
  /** Refused points of one device that are kept to be looked at; more are only counted. */
  quarantineBytesPerDevice: 1024 * 1024,
  eventsPerDevice: 1_000,
  eventBytesPerDevice: 1024 * 1024,
};

/** What a row costs beside its text: many small ones must not slip through a bound in bytes. */
export const rowBytes = 128;

export interface Quarantined extends RefusedPoint {
  device: string;
  boot: string | null;
  seq: number | null;
  receivedAt: number;
}
export interface KeptEvent {
  device: string;
  event: DeviceEvent;
  receivedAt: number;
}
export interface Commit extends LedgerRows {
  quarantined: Quarantined[];
  events: KeptEvent[];
  late: Late[];
  /** Hours in which something was stored. */
  marks?: readonly Mark[];
}

/** Devices whose ledgers are read between two turns. */
const devicesAtOnce = 50;

/** Backups that were restored (`noteRestored`), to be read before anything is counted. */
export async function readRestores(db: Kysely<Database>): Promise<Restored[]> {
  const rows = await db.selectFrom("restores").selectAll().orderBy("to_at").execute();
  return rows.map(({ from_at, to_at }) => ({ from: from_at, to: to_at }));
}

/** A backup of `from` was restored at `to`: what was delivered in between is missing here, with that reason. To be
 *  written into the restored records before a controller opens them. */
export async function noteRestored(db: Kysely<Database>, { from, to }: Restored): Promise<void> {
  await db.insertInto("restores").values({ from_at: from, to_at: to }).execute();
}

/** Where ledger, quarantine and events outlive the controller; one transaction a group. */
export function createDeliveryRecords(db: Kysely<Database>, limits = keepLimits, restored: readonly Restored[] = []) {
  const quarantineBytes = new Map<string, number>();

  return {
    async ledgerOf(device: string): Promise<DeviceLedger> {
      const rows = await db
        .selectFrom("boot_ledgers")
        .select(["boot", "ledger"])
        .where("device", "=", device)
        .execute();
      const sums = await db.selectFrom("folded_ledgers").select("sums").where("device", "=", device).executeTakeFirst();
      return {
        boots: new Map(rows.map((row) => [row.boot, JSON.parse(row.ledger) as BootLedger])),
        folded: sums ? (JSON.parse(sums.sums) as Folded) : null,
      };
    },

    /** Those of every device, some at a time. */
    async *allLedgers(): AsyncGenerator<{ device: string; own: DeviceLedger }> {
      let after = "";
      for (;;) {
        const page = db.selectFrom("boot_ledgers").select("device").distinct().where("device", ">", after);
        const devices = await page.orderBy("device").limit(devicesAtOnce).execute();
        for (const { device } of devices) yield { device, own: await this.ledgerOf(device) };
        const last = devices.at(-1);
        if (!last) return;
        after = last.device;
        await turn();
      }
    },

    /** Backups that were restored, since the start of the process. */
    restores: (): readonly Restored[] => restored,

    /** All of it or nothing. */
    async commit(commit: Commit): Promise<void> {
      const kept = new Map(quarantineBytes);
      await db.transaction().execute(async (trx) => {
        for (const { device, boot } of commit.evicted)
          await trx.deleteFrom("boot_ledgers").where("device", "=", device).where("boot", "=", boot).execute();
        for (const { device, folded } of commit.folded) {
          const sums = JSON.stringify(folded);
          await trx
            .insertInto("folded_ledgers")
            .values({ device, sums })
            .onConflict((on) => on.column("device").doUpdateSet({ sums }))
            .execute();
        }
        for (let i = 0; i < commit.ledgers.length; i += rowsAtOnce)
          await keepLedgers(trx, commit.ledgers.slice(i, i + rowsAtOnce));
        if (commit.quarantined.length > 0)
          await quarantine(trx, commit.quarantined, kept, limits.quarantineBytesPerDevice);
        await keepLate(trx, commit.late);
        if (commit.marks) await keepMarks(trx, commit.marks);
        if (commit.events.length > 0) await keepEvents(trx, commit.events, limits);
      });
      for (const [device, bytes] of kept) quarantineBytes.set(device, bytes);
    },

    /** All that is kept of a device that was removed. */
    async forget(device: string): Promise<void> {
      await db.transaction().execute(async (trx) => {
        for (const table of ["boot_ledgers", "folded_ledgers", "quarantine", "device_events", "late_arrival"] as const)
          await trx.deleteFrom(table).where("device", "=", device).execute();
      });
      quarantineBytes.delete(device);
    },

    /** Newest first, before the row `before`. */
    async events(device: string, page: { limit: number; before?: number | undefined }) {
      let query = db.selectFrom("device_events").selectAll().where("device", "=", device);
      if (page.before !== undefined) query = query.where("id", "<", page.before);
      const rows = await query.orderBy("id", "desc").limit(page.limit).execute();
      return rows.map(({ detail, received_at, ...row }) => ({
        ...row,
        receivedAt: received_at,
        detail: JSON.parse(detail) as Record<string, unknown>,
      }));
    },

    /** Stretches whose points came afterwards, as far as they reach into [from, to); oldest first. */
    async late(device: string, from: number, to: number): Promise<Omit<Late, "device">[]> {
      const rows = await db
        .selectFrom("late_arrival")
        .selectAll()
        .where("device", "=", device)
        .where("to_at", ">=", from)
        .where("from_at", "<", to)
        .orderBy("from_at")
        .execute();
      return rows.map(lateFrom);
    },

    /** Newest first, before the row `before`. */
    async quarantined(device: string, limit: number, before?: number) {
      let query = db.selectFrom("quarantine").selectAll().where("device", "=", device);
      if (before !== undefined) query = query.where("id", "<", before);
      const rows = await query.orderBy("id", "desc").limit(limit).execute();
      return rows.map(({ received_at, ...row }) => ({ ...row, receivedAt: received_at }));
    },
  };
}
export type DeliveryRecords = ReturnType<typeof createDeliveryRecords>;

/** Ledgers that one statement writes: a statement each costs more than all the rest of a commit. */
const rowsAtOnce = 500;

async function keepLedgers(trx: Transaction<Database>, rows: LedgerRows["ledgers"]): Promise<void> {
  const json = JSON.stringify(rows.map(({ device, boot, ledger }) => [device, boot, ledger.lastAt, ledger]));
  await sql`
    INSERT INTO boot_ledgers (device, boot, last_at, ledger)
    SELECT value ->> 0, value ->> 1, value ->> 2, value -> 3 FROM json_each(${json}) WHERE true
    ON CONFLICT (device, boot) DO UPDATE SET ledger = excluded.ledger, last_at = excluded.last_at`.execute(trx);
}

/** What has room of its device is kept. A few statements for all: a thousand devices may come with a wrong clock. */
async function quarantine(
  trx: Transaction<Database>,
  rows: readonly Quarantined[],
  kept: Map<string, number>,
  most: number,
): Promise<void> {
  const unknown = new Set(rows.map(({ device }) => device).filter((device) => !kept.has(device)));
  for (const [device, bytes] of await bytesOf(trx, [...unknown])) kept.set(device, bytes);
  const fitting = rows.filter(({ device, raw, problem }) => {
    const bytes = (kept.get(device) ?? 0) + Buffer.byteLength(raw) + Buffer.byteLength(problem) + rowBytes;
    if (bytes <= most) kept.set(device, bytes);
    return bytes <= most;
  });
  for (let i = 0; i < fitting.length; i += rowsAtOnce) {
    const some = fitting
      .slice(i, i + rowsAtOnce)
      .map((row) => [
        row.device,
        row.boot,
        row.seq,
        row.index,
        row.why,
        row.problem,
        row.raw,
        row.points,
        row.receivedAt,
      ]);
    await sql`
      INSERT INTO quarantine (device, boot, seq, point_index, why, problem, raw, points, received_at)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8
      FROM json_each(${JSON.stringify(some)})`.execute(trx);
  }
}

async function bytesOf(trx: Transaction<Database>, devices: readonly string[]): Promise<Map<string, number>> {
  const found = await sql<{ device: string; bytes: number }>`
    SELECT device, sum(length(CAST(raw AS BLOB)) + length(CAST(problem AS BLOB)) + ${rowBytes}) AS bytes
    FROM quarantine WHERE device IN (SELECT value FROM json_each(${JSON.stringify(devices)})) GROUP BY device`.execute(
    trx,
  );
  const bytes = new Map(devices.map((device): [string, number] => [device, 0]));
  for (const row of found.rows) bytes.set(row.device, row.bytes);
  return bytes;
}

/** The newest stay, up to the bounds. A few statements for all: after a power cut thousands of devices tell at once. */
async function keepEvents(
  trx: Transaction<Database>,
  events: readonly KeptEvent[],
  most: { eventsPerDevice: number; eventBytesPerDevice: number },
): Promise<void> {
  const rows = events.map(({ device, event, receivedAt }) => {
    const { boot, seq, at, kind, severity } = event;
    return [device, boot, seq, at, kind, severity, JSON.stringify(event.detail), receivedAt];
  });
  // Sent again after a crash between commit and `delivered`: the same event.
  await sql`
    INSERT INTO device_events (device, boot, seq, at, kind, severity, detail, received_at)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
    FROM json_each(${JSON.stringify(rows)}) WHERE true
    ON CONFLICT (device, boot, seq) DO NOTHING`.execute(trx);
  const devices = JSON.stringify([...new Set(events.map(({ device }) => device))]);
  await sql`
    DELETE FROM device_events WHERE id IN (
      SELECT id FROM (
        SELECT id, row_number() OVER newest AS nth, sum(length(CAST(detail AS BLOB)) + ${rowBytes}) OVER newest AS bytes
        FROM device_events WHERE device IN (SELECT value FROM json_each(${devices}))
        WINDOW newest AS (PARTITION BY device ORDER BY id DESC))
      WHERE nth > ${most.eventsPerDevice} OR bytes > ${most.eventBytesPerDevice})`.execute(trx);
}
