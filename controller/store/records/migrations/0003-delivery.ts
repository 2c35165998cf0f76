import type { Generated, Kysely, Migration } from "kysely";

export interface DeliveryTables {
  /** One row a boot of a device: which sequences are where (controller/ingest/ledger). */
  boot_ledgers: { device: string; boot: string; ledger: string; last_at: number };
  /** What was refused, with the reason; bounded per device. */
  quarantine: {
    id: Generated<number>;
    device: string;
    boot: string | null;
    seq: number | null;
    point_index: number | null;
    points: number;
    why: string;
    problem: string;
    raw: string;
    received_at: number;
  };
  device_events: {
    id: Generated<number>;
    device: string;
    boot: string;
    seq: number;
    at: number;
    kind: string;
    severity: string;
    detail: string;
    received_at: number;
  };
  presence: { device: string; state: string };
}

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("boot_ledgers")
    .addColumn("device", "text", (c) => c.notNull())
    .addColumn("boot", "text", (c) => c.notNull())
    .addColumn("ledger", "text", (c) => c.notNull())
    .addColumn("last_at", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("boot_ledgers_key", ["device", "boot"])
    .execute();
  await db.schema
    .createTable("quarantine")
    .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
    .addColumn("device", "text", (c) => c.notNull())
    .addColumn("boot", "text")
    .addColumn("seq", "integer")
    .addColumn("point_index", "integer")
    .addColumn("points", "integer", (c) => c.notNull())
    .addColumn("why", "text", (c) => c.notNull())
    .addColumn("problem", "text", (c) => c.notNull())
    .addColumn("raw", "text", (c) => c.notNull())
    .addColumn("received_at", "integer", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("quarantine_of_device").on("quarantine").columns(["device", "id"]).execute();
  await db.schema
    .createTable("device_events")
    .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
    .addColumn("device", "text", (c) => c.notNull())
    .addColumn("boot", "text", (c) => c.notNull())
    .addColumn("seq", "integer", (c) => c.notNull())
    .addColumn("at", "integer", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("severity", "text", (c) => c.notNull())
    .addColumn("detail", "text", (c) => c.notNull())
    .addColumn("received_at", "integer", (c) => c.notNull())
    .addUniqueConstraint("device_events_once", ["device", "boot", "seq"])
    .execute();
  await db.schema.createIndex("device_events_of_device").on("device_events").columns(["device", "id"]).execute();
  await db.schema
    .createTable("presence")
    .addColumn("device", "text", (c) => c.primaryKey())
    .addColumn("state", "text", (c) => c.notNull())
    .execute();
}

export const delivery: Migration = { up };
