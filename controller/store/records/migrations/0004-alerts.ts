import { type Generated, type Kysely, type Migration, sql } from "kysely";
import type { ChannelColumns } from "./0010-channels.ts";
import type { MuteColumns } from "./0012-mutes.ts";
import type { EscalationColumns } from "./0015-escalation.ts";

export interface AlertTables {
  /** One failure with one root. At most one is open for each rule and root. */
  incident: {
    id: string;
    organisation: string;
    state: string;
    severity: string;
    rule: string;
    /** Why, once it is known; see controller/alert/incident.ts. */
    cause: string | null;
    root_type: string;
    root_id: string;
    site: string | null;
    /** What its sentence is made of. */
    facts_json: string;
    /** When the failure began; the incident was opened later. */
    since: number;
    opened_at: number;
    /** When it was resolved or closed. */
    resolved_at: number | null;
    acked_by: string | null;
    acked_at: number | null;
    /** A ticket's or a supplier's. */
    reference: string | null;
    /** Goes up with every notice. */
    generation: number;
    /** When "opened" is to be told; null: it was told, or never will be. */
    tell_at: number | null;
    /** When "opened" was handed to the outbox; null: nobody knows of it. */
    told_at: number | null;
    told_members: number;
    /** When the next "updated" may go out, where one is owed. */
    update_at: number | null;
    /** Until when stragglers may follow a root that is back. */
    recover_by: number | null;
    /** Incidents that this one took in after they were told. */
    includes_json: string;
  } & MuteColumns["incident"] &
    EscalationColumns["incident"];
  incident_member: {
    incident: string;
    device: string;
    name: string;
    rule: string;
    /** down, back, gone (removed or moved) or left (it stands alone now). */
    state: string;
    since: number;
    back_at: number | null;
    /** The boot that went silent. */
    boot: string | null;
    suppressed_by: string | null;
  };
  /** What happened with an incident, oldest first by id. */
  incident_event: {
    id: Generated<number>;
    incident: string;
    at: number;
    kind: string;
    actor_kind: string | null;
    actor: string | null;
    text: string;
  };
  channel: {
    id: string;
    organisation: string;
    kind: string;
    name: string;
    settings_json: string;
    /** Its secrets, sealed with the at-rest key; null: none. */
    secrets_box: string | null;
    version: number;
    created_at: number;
    updated_at: number;
  } & ChannelColumns["channel"];
  /** Notices to send. One row for each (channel, incident, kind, generation), whatever happens. */
  outbox: {
    id: Generated<number>;
    channel: string;
    incident: string;
    kind: string;
    generation: number;
    /** waiting, sent, merged (another notice said it), withdrawn (nobody needs it any more), skipped (not for this
     *  channel) or dead. */
    state: string;
    not_before: number;
    attempts: number;
    lease_until: number;
    lease_owner: string | null;
    /** The receiver's own words, or why it could not be asked. */
    answer: string | null;
    created_at: number;
    /** When it left the state waiting. */
    done_at: number | null;
  } & ChannelColumns["outbox"];
  /** The last that a channel was told of an incident. */
  told: { incident: string; channel: string; kind: string; at: number } & ChannelColumns["told"];
}

async function incidents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("incident")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("organisation", "text", (c) => c.notNull().references("organisation.id"))
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("severity", "text", (c) => c.notNull())
    .addColumn("rule", "text", (c) => c.notNull())
    .addColumn("cause", "text")
    .addColumn("root_type", "text", (c) => c.notNull())
    .addColumn("root_id", "text", (c) => c.notNull())
    .addColumn("site", "text")
    .addColumn("facts_json", "text", (c) => c.notNull())
    .addColumn("since", "integer", (c) => c.notNull())
    .addColumn("opened_at", "integer", (c) => c.notNull())
    .addColumn("resolved_at", "integer")
    .addColumn("acked_by", "text")
    .addColumn("acked_at", "integer")
    .addColumn("reference", "text")
    .addColumn("generation", "integer", (c) => c.notNull())
    .addColumn("tell_at", "integer")
    .addColumn("told_at", "integer")
    .addColumn("told_members", "integer", (c) => c.notNull())
    .addColumn("update_at", "integer")
    .addColumn("recover_by", "integer")
    .addColumn("includes_json", "text", (c) => c.notNull())
    .execute();
  await sql`CREATE UNIQUE INDEX incident_open ON incident (rule, root_type, root_id) WHERE state = 'open'`.execute(db);
  await db.schema.createIndex("incident_by_time").on("incident").columns(["opened_at", "id"]).execute();
  await db.schema
    .createTable("incident_member")
    .addColumn("incident", "text", (c) => c.notNull().references("incident.id").onDelete("cascade"))
    .addColumn("device", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("rule", "text", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("since", "integer", (c) => c.notNull())
    .addColumn("back_at", "integer")
    .addColumn("boot", "text")
    .addColumn("suppressed_by", "text")
    .addPrimaryKeyConstraint("incident_member_key", ["incident", "device"])
    .execute();
  await db.schema.createIndex("incident_member_of_device").on("incident_member").columns(["device"]).execute();
  await db.schema
    .createTable("incident_event")
    .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
    .addColumn("incident", "text", (c) => c.notNull().references("incident.id").onDelete("cascade"))
    .addColumn("at", "integer", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("actor_kind", "text")
    .addColumn("actor", "text")
    .addColumn("text", "text", (c) => c.notNull())
    .execute();
  await db.schema.createIndex("incident_event_of_incident").on("incident_event").columns(["incident", "id"]).execute();
}

async function notices(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("channel")
    .addColumn("id", "text", (c) => c.primaryKey())
    .addColumn("organisation", "text", (c) => c.notNull().references("organisation.id"))
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("name", "text", (c) => c.notNull())
    .addColumn("settings_json", "text", (c) => c.notNull())
    .addColumn("secrets_box", "text")
    .addColumn("version", "integer", (c) => c.notNull())
    .addColumn("created_at", "integer", (c) => c.notNull())
    .addColumn("updated_at", "integer", (c) => c.notNull())
    .execute();
  await db.schema
    .createTable("outbox")
    .addColumn("id", "integer", (c) => c.primaryKey().autoIncrement())
    .addColumn("channel", "text", (c) => c.notNull())
    .addColumn("incident", "text", (c) => c.notNull().references("incident.id").onDelete("cascade"))
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("generation", "integer", (c) => c.notNull())
    .addColumn("state", "text", (c) => c.notNull())
    .addColumn("not_before", "integer", (c) => c.notNull())
    .addColumn("attempts", "integer", (c) => c.notNull())
    .addColumn("lease_until", "integer", (c) => c.notNull())
    .addColumn("lease_owner", "text")
    .addColumn("answer", "text")
    .addColumn("created_at", "integer", (c) => c.notNull())
    .addColumn("done_at", "integer")
    .addUniqueConstraint("outbox_once", ["channel", "incident", "kind", "generation"])
    .execute();
  await db.schema.createIndex("outbox_of_incident").on("outbox").columns(["incident", "channel"]).execute();
  await sql`CREATE INDEX outbox_waiting ON outbox (id) WHERE state = 'waiting'`.execute(db);
  await db.schema
    .createTable("told")
    .addColumn("incident", "text", (c) => c.notNull().references("incident.id").onDelete("cascade"))
    .addColumn("channel", "text", (c) => c.notNull())
    .addColumn("kind", "text", (c) => c.notNull())
    .addColumn("at", "integer", (c) => c.notNull())
    .addPrimaryKeyConstraint("told_key", ["incident", "channel"])
    .execute();
}

async function up(db: Kysely<unknown>): Promise<void> {
  await incidents(db);
  await notices(db);
}

export const alerts: Migration = { up };
