import type { Kysely, Transaction } from "kysely";
import type { DeviceEvent } from "#wire";
import type { Database } from "../store/records/index.ts";
import type { RefusedPoint } from "./judge.ts";
import type { BootLedger } from "./ledger/boot.ts";

export const keepLimits = {
  /** Refused points of one device that are kept to be looked at; more are only counted. */
  quarantineBytesPerDevice: 1024 * 1024,
  eventsPerDevice: 1_000,
};

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
export interface Commit {
  ledgers: { device: string; boot: string; ledger: BootLedger }[];
  quarantined: Quarantined[];
  events: KeptEvent[];
}

/** Where ledger, quarantine and events outlive the controller; one transaction a group. */
export function createDeliveryRecords(db: Kysely<Database>, limits = keepLimits) {
  const quarantineBytes = new Map<string, number>();

  return {
    async ledgersOf(device: string): Promise<Map<string, BootLedger>> {
      const rows = await db
        .selectFrom("boot_ledgers")
        .select(["boot", "ledger"])
        .where("device", "=", device)
        .execute();
      return new Map(rows.map((row) => [row.boot, JSON.parse(row.ledger) as BootLedger]));
    },

    /** All of it or nothing. */
    async commit(commit: Commit): Promise<void> {
      const kept = new Map(quarantineBytes);
      await db.transaction().execute(async (trx) => {
        for (const { device, boot, ledger } of commit.ledgers) {
          const text = JSON.stringify(ledger);
          await trx
            .insertInto("boot_ledgers")
            .values({ device, boot, ledger: text, last_at: ledger.lastAt })
            .onConflict((on) => on.columns(["device", "boot"]).doUpdateSet({ ledger: text, last_at: ledger.lastAt }))
            .execute();
        }
        for (const row of commit.quarantined) await quarantine(trx, row, kept, limits.quarantineBytesPerDevice);
        for (const event of commit.events) await keepEvent(trx, event);
        for (const device of new Set(commit.events.map((e) => e.device)))
          await trimEvents(trx, device, limits.eventsPerDevice);
      });
      for (const [device, bytes] of kept) quarantineBytes.set(device, bytes);
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

    async quarantined(device: string, limit: number) {
      const rows = await db
        .selectFrom("quarantine")
        .selectAll()
        .where("device", "=", device)
        .orderBy("id", "desc")
        .limit(limit)
        .execute();
      return rows.map(({ received_at, ...row }) => ({ ...row, receivedAt: received_at }));
    },
  };
}
export type DeliveryRecords = ReturnType<typeof createDeliveryRecords>;

async function quarantine(
  trx: Transaction<Database>,
  row: Quarantined,
  kept: Map<string, number>,
  most: number,
): Promise<void> {
  const bytes = kept.get(row.device) ?? (await bytesOf(trx, row.device));
  kept.set(row.device, bytes);
  if (bytes + row.raw.length > most) return;
  kept.set(row.device, bytes + row.raw.length);
  const { device, boot, seq, index, why, problem, raw, points, receivedAt } = row;
  const at = { point_index: index, received_at: receivedAt };
  await trx
    .insertInto("quarantine")
    .values({ device, boot, seq, why, problem, raw, points, ...at })
    .execute();
}

async function bytesOf(trx: Transaction<Database>, device: string): Promise<number> {
  const row = await trx
    .selectFrom("quarantine")
    .select((eb) => eb.fn.sum<number | null>(eb.fn<number>("length", ["raw"])).as("bytes"))
    .where("device", "=", device)
    .executeTakeFirst();
  return row?.bytes ?? 0;
}

async function keepEvent(trx: Transaction<Database>, { device, event, receivedAt }: KeptEvent): Promise<void> {
  const { boot, seq, at, kind, severity } = event;
  await trx
    .insertInto("device_events")
    .values({ device, boot, seq, at, kind, severity, detail: JSON.stringify(event.detail), received_at: receivedAt })
    // Sent again after a crash between commit and `delivered`: the same event.
    .onConflict((on) => on.columns(["device", "boot", "seq"]).doNothing())
    .execute();
}

async function trimEvents(trx: Transaction<Database>, device: string, most: number): Promise<void> {
  const oldest = await trx
    .selectFrom("device_events")
    .select("id")
    .where("device", "=", device)
    .orderBy("id", "desc")
    .offset(most)
    .limit(1)
    .executeTakeFirst();
  if (oldest) await trx.deleteFrom("device_events").where("device", "=", device).where("id", "<=", oldest.id).execute();
}
