import { type Kysely, type Migration, sql } from "kysely";

/** What 0015 adds to a table of 0004. */
export interface EscalationColumns {
  incident: {
    /** Whose turn is next, and when; null: it goes to everybody, or nobody was told yet. */
    escalation_json: string | null;
  };
}

export interface EscalationTables {
  /** Who is told when. At most one. */
  escalation: { organisation: string; policy_json: string; version: number; updated_at: number };
}

export const escalation: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `CREATE TABLE escalation (
    organisation TEXT PRIMARY KEY REFERENCES organisation (id), policy_json TEXT NOT NULL, version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL) STRICT`,
  `ALTER TABLE incident ADD COLUMN escalation_json TEXT`,
];
