import { type Kysely, type Migration, sql } from "kysely";

export interface RollupTables {
  /** Hours of devices in which something was stored since they were last rolled up (controller/rollup). */
  rollup_marks: {
    device: string;
    /** Start of the hour. */
    hour_at: number;
    /** Goes up with every mark: only an hour that was not marked again meanwhile is done. */
    version: number;
  };
  rollup_state: {
    id: number;
    /** When everything from before there were roll-ups was marked; null: it was not yet. */
    backfilled_at: number | null;
  };
}

export const rollups: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `CREATE TABLE rollup_marks (
    device TEXT NOT NULL, hour_at INTEGER NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (device, hour_at)) STRICT, WITHOUT ROWID`,
  `CREATE INDEX rollup_marks_by_age ON rollup_marks (hour_at, device)`,
  `CREATE TABLE rollup_state (id INTEGER PRIMARY KEY CHECK (id = 1), backfilled_at INTEGER) STRICT`,
  `INSERT INTO rollup_state VALUES (1, NULL)`,
];
