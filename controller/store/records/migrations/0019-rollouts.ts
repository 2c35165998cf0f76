import { type Kysely, type Migration, sql } from "kysely";

export interface RolloutTables {
  /** A change that goes out in waves. */
  rollout: {
    id: string;
    organisation: string;
    status: string;
    /** Everything else about it, as the decision knows it. */
    head_json: string;
    created_at: number;
  };
  rollout_device: {
    rollout: string;
    device: string;
    /** In which order they are pushed. */
    place: number;
    phase: string;
    row_json: string;
    /** What is wanted of the device, made when the rollout was. */
    document_json: string;
  };
  /** Every decision with its reason. */
  rollout_log: { id?: number; rollout: string; at: number; device: string | null; text: string };
}

export const rollouts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `CREATE TABLE rollout (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisation (id), status TEXT NOT NULL,
    head_json TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT`,
  `CREATE INDEX rollout_by_time ON rollout (organisation, created_at)`,
  `CREATE TABLE rollout_device (
    rollout TEXT NOT NULL REFERENCES rollout (id) ON DELETE CASCADE, device TEXT NOT NULL, place INTEGER NOT NULL,
    phase TEXT NOT NULL, row_json TEXT NOT NULL, document_json TEXT NOT NULL,
    PRIMARY KEY (rollout, device)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE rollout_log (
    id INTEGER PRIMARY KEY, rollout TEXT NOT NULL REFERENCES rollout (id) ON DELETE CASCADE, at INTEGER NOT NULL,
    device TEXT, text TEXT NOT NULL) STRICT`,
  `CREATE INDEX rollout_log_by_rollout ON rollout_log (rollout, id)`,
];
