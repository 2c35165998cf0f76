import { type Kysely, type Migration, sql } from "kysely";

export interface LedgerTables {
  /** The sums of a device's boots that are too old to be kept one by one (controller/ingest/ledger/sums). */
  folded_ledgers: { device: string; sums: string };
  /** Backups that were restored: of `from_at`, at `to_at`. What was delivered in between is in no ledger. */
  restores: { from_at: number; to_at: number };
}

export const ledger: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  "CREATE TABLE folded_ledgers (device TEXT PRIMARY KEY, sums TEXT NOT NULL) STRICT, WITHOUT ROWID",
  "CREATE TABLE restores (from_at INTEGER NOT NULL, to_at INTEGER NOT NULL) STRICT",
];
