import { type Kysely, type Migration, sql } from "kysely";

/** What 0012 adds to tables of 0004. */
export interface MuteColumns {
  incident: {
    /** Why nobody is told of it, and until when; null: nothing holds it back. */
    muted_json: string | null;
    /** Id of who has it; `acked_by` is the name. */
    acked_id: string | null;
    /** Until when it counts; null: for good, as before 0012. */
    acked_until: number | null;
    /** Devices that were bad, and its severity, when somebody took it. */
    acked_members: number | null;
    acked_severity: string | null;
    /** Id of the user whose it is, and the name at that time. */
    assignee: string | null;
    assignee_name: string | null;
  };
}

export interface MuteTables {
  /** Silences and maintenance windows. Ended, not deleted: what was not told has its reason here. */
  mute: {
    id: string;
    organisation: string;
    /** maintenance or silence. */
    kind: string;
    scope_json: string;
    /** Ids of rules; null: all. */
    rules_json: string | null;
    when_json: string;
    /** exclude or count; null of silences. */
    sla: string | null;
    why: string;
    made_by_kind: string;
    made_by: string;
    made_by_name: string;
    /** Ended early. */
    ended_at: number | null;
    /** Nothing of it comes after that; null: it has no end. */
    over_at: number | null;
    version: number;
    created_at: number;
    updated_at: number;
  };
}

export const mutes: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `CREATE TABLE mute (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisation (id), kind TEXT NOT NULL,
    scope_json TEXT NOT NULL, rules_json TEXT, when_json TEXT NOT NULL, sla TEXT, why TEXT NOT NULL,
    made_by_kind TEXT NOT NULL, made_by TEXT NOT NULL, made_by_name TEXT NOT NULL, ended_at INTEGER, over_at INTEGER,
    version INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT`,
  `CREATE INDEX mute_by_time ON mute (kind, created_at, id)`,
  `ALTER TABLE incident ADD COLUMN muted_json TEXT`,
  `ALTER TABLE incident ADD COLUMN acked_id TEXT`,
  `ALTER TABLE incident ADD COLUMN acked_until INTEGER`,
  `ALTER TABLE incident ADD COLUMN acked_members INTEGER`,
  `ALTER TABLE incident ADD COLUMN acked_severity TEXT`,
  `ALTER TABLE incident ADD COLUMN assignee TEXT`,
  `ALTER TABLE incident ADD COLUMN assignee_name TEXT`,
];
