import type { Kysely, Migration } from "kysely";
import type { CompositionColumns } from "./0018-composition.ts";
import type { RenderedColumns } from "./0020-rendered.ts";

export interface ConfigTables {
  /** What was wanted of a device, and what came of it; bounded per device. */
  config_revision: {
    device: string;
    /** Milliseconds since 1970, or one more than the one before. */
    revision: number;
    hash: string;
    /** The signed message as it is sent: never signed again. */
    signed_json: string;
    document_json: string;
    trial_ms: number;
    message: string;
    by_kind: string;
    by: string;
    /** As they were called then: people and tokens go. */
    by_name: string;
    at: number;
    /** See controller/config/outcome.ts. */
    outcome: string;
    outcome_at: number | null;
    /** `{attempt, cause, problems}` */
    detail_json: string;
  } & CompositionColumns["config_revision"] &
    RenderedColumns["config_revision"];
  /** One row a device: where the controller and the device stand (controller/config/decide.ts). */
  config_device: { device: string; state_json: string };
}

async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("config_revision")
    .addColumn("device", "text", (c) => c.notNull())
    .addColumn("revision", "integer", (c) => c.notNull())
    .addColumn("hash", "text", (c) => c.notNull())
    .addColumn("signed_json", "text", (c) => c.notNull())
    .addColumn("document_json", "text", (c) => c.notNull())
    .addColumn("trial_ms", "integer", (c) => c.notNull())
    .addColumn("message", "text", (c) => c.notNull())
    .addColumn("by_kind", "text", (c) => c.notNull())
    .addColumn("by", "text", (c) => c.notNull())
    .addColumn("by_name", "text", (c) => c.notNull())
    .addColumn("at", "integer", (c) => c.notNull())
    .addColumn("outcome", "text", (c) => c.notNull())
    .addColumn("outcome_at", "integer")
    .addColumn("detail_json", "text", (c) => c.notNull())
    .addPrimaryKeyConstraint("config_revision_key", ["device", "revision"])
    .execute();
  await db.schema
    .createTable("config_device")
    .addColumn("device", "text", (c) => c.primaryKey())
    .addColumn("state_json", "text", (c) => c.notNull())
    .execute();
}

export const config: Migration = { up };
