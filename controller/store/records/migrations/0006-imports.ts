import { type Kysely, type Migration, sql } from "kysely";

export interface ImportTables {
  /** What a person brought in at once, and how to undo it. The newest are kept. */
  import: {
    id: string;
    organisation: string;
    kind: string;
    by_kind: string;
    by_id: string;
    at: number;
    created: number;
    changed: number;
    /** [{id, version (after), before (null: it was new)}] */
    rows_json: string;
    undone_at: number | null;
  };
}

export const imports: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `CREATE TABLE import (
          id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisation, kind TEXT NOT NULL,
          by_kind TEXT NOT NULL, by_id TEXT NOT NULL, at INTEGER NOT NULL, created INTEGER NOT NULL,
          changed INTEGER NOT NULL, rows_json TEXT NOT NULL, undone_at INTEGER) STRICT`,
      )
      .execute(db);
  },
};
