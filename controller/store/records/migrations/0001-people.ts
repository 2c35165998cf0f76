import { type Generated, type Kysely, type Migration, sql } from "kysely";

export interface PeopleTables {
  organisation: { id: string; name: string; created_at: number };
  user: {
    id: string;
    organisation: string;
    /** Unique without regard to case. */
    name: string;
    role: string;
    /** argon2id; null: signs in by link only. */
    password_hash: string | null;
    disabled: number;
    created_at: number;
    updated_at: number;
  };
  session: { secret_hash: string; user: string; created_at: number; seen_at: number; expires_at: number };
  sign_in_link: { secret_hash: string; user: string; expires_at: number; used_at: number | null };
  api_token: {
    id: string;
    organisation: string;
    name: string;
    role: string;
    secret_hash: string;
    created_by: string;
    created_at: number;
    expires_at: number | null;
    used_at: number | null;
  };
  audit: {
    id: Generated<number>;
    organisation: string;
    at: number;
    actor_kind: string;
    actor: string;
    action: string;
    subject_kind: string;
    subject: string;
    before_json: string | null;
    after_json: string | null;
  };
  /** Answers of POSTs that carried an idempotency key. `status` null: still running. */
  idempotency: {
    actor: string;
    key: string;
    request_hash: string;
    status: number | null;
    /** null: the answer held a secret that is shown once. */
    body: string | null;
    at: number;
  };
}

export const people: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `CREATE TABLE organisation (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT`,
  `CREATE TABLE user (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisation, name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    role TEXT NOT NULL, password_hash TEXT, disabled INTEGER NOT NULL, created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL) STRICT`,
  `CREATE TABLE session (
    secret_hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES user ON DELETE CASCADE, created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT`,
  `CREATE INDEX session_user ON session (user)`,
  `CREATE TABLE sign_in_link (
    secret_hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES user ON DELETE CASCADE, expires_at INTEGER NOT NULL,
    used_at INTEGER) STRICT`,
  `CREATE TABLE api_token (
    id TEXT PRIMARY KEY, organisation TEXT NOT NULL REFERENCES organisation, name TEXT NOT NULL, role TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE, created_by TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER,
    used_at INTEGER) STRICT`,
  `CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, organisation TEXT NOT NULL REFERENCES organisation, at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL, before_json TEXT, after_json TEXT) STRICT`,
  `CREATE INDEX audit_subject ON audit (subject_kind, subject, id)`,
  `CREATE TABLE idempotency (
    actor TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, status INTEGER, body TEXT, at INTEGER NOT NULL,
    PRIMARY KEY (actor, key)) STRICT`,
  `CREATE INDEX idempotency_at ON idempotency (at)`,
];
