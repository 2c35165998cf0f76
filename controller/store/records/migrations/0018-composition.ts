import { type Generated, type Kysely, type Migration, sql } from "kysely";

/** What 0016 adds to a table of 0005. `signed_json` may be sealed since then: it begins with "sealed:". */
export interface CompositionColumns {
  config_revision: {
    /** What the device says itself, below which its document was composed; null: the document, as before 0016. */
    own_json: string | null;
  };
}

export interface CompositionTables {
  /** Who says something about devices: the organisation, a template, a group, a site, a device. Secrets are sealed. */
  config_source: { kind: string; id: string; version: number; body_json: string; updated_at: number };
  /** Everything that was changed together, by whom and why; bounded. */
  config_change: {
    revision: Generated<number>;
    message: string;
    by_kind: string;
    by: string;
    by_name: string;
    at: number;
  };
  /** null: it was not there. */
  config_change_item: {
    revision: number;
    kind: string;
    id: string;
    before_json: string | null;
    after_json: string | null;
  };
  config_draft: {
    id: string;
    name: string;
    message: string;
    version: number;
    by_name: string;
    created_at: number;
    updated_at: number;
  };
  /** `seen`: the version that it changes, 0: none. `body_json` null: it is taken away. */
  config_draft_item: { draft: string; kind: string; id: string; seen: number; body_json: string | null };
  /** Devices whose documents follow a change and were not made yet. */
  config_due: { device: string; revision: number; trial_ms: number };
}

export const composition: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `CREATE TABLE config_source (
    kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body_json TEXT NOT NULL,
    updated_at INTEGER NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE config_change (
    revision INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT NOT NULL, by_kind TEXT NOT NULL, by TEXT NOT NULL,
    by_name TEXT NOT NULL, at INTEGER NOT NULL) STRICT`,
  `CREATE TABLE config_change_item (
    revision INTEGER NOT NULL REFERENCES config_change (revision) ON DELETE CASCADE, kind TEXT NOT NULL,
    id TEXT NOT NULL, before_json TEXT, after_json TEXT, PRIMARY KEY (revision, kind, id)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE config_draft (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, message TEXT NOT NULL, version INTEGER NOT NULL, by_name TEXT NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT`,
  `CREATE TABLE config_draft_item (
    draft TEXT NOT NULL REFERENCES config_draft (id) ON DELETE CASCADE, kind TEXT NOT NULL, id TEXT NOT NULL,
    seen INTEGER NOT NULL, body_json TEXT, PRIMARY KEY (draft, kind, id)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE config_due (device TEXT PRIMARY KEY, revision INTEGER NOT NULL, trial_ms INTEGER NOT NULL) STRICT,
    WITHOUT ROWID`,
  `ALTER TABLE config_revision ADD COLUMN own_json TEXT`,
  // What was wanted of a device by itself is what it says itself from now on.
  `INSERT INTO config_source (kind, id, version, body_json, updated_at)
    SELECT 'device', r.device, 1, json_object('document', json(r.document_json)), r.at FROM config_revision r
    JOIN config_device d ON d.device = r.device
    WHERE json_extract(d.state_json, '$.wanted.revision') = r.revision`,
];
