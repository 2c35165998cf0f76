import { type Kysely, type Migration, sql } from "kysely";

export interface AvailabilityTables {
  /** How a device was, from when to when; written once. Of a device they follow each other without hole or overlap, and
   *  `availability_open` goes on where the last one ends. */
  availability_interval: {
    device: string;
    from_at: number;
    to_at: number;
    /** See controller/alert/availability/interval.ts. */
    state: string;
    cause: string | null;
    /** The site or device that took it down with itself. */
    root: string | null;
    /** Where the device was. */
    site: string | null;
    /** The boot that was there before was there after it. */
    held: number;
  };
  /** What became of an interval afterwards, when the device had delivered what it kept. */
  availability_revision: {
    device: string;
    from_at: number;
    state: string;
    cause: string | null;
    revised_at: number;
  };
  /** How a device is, since when. */
  availability_open: {
    device: string;
    from_at: number;
    state: string;
    cause: string | null;
    root: string | null;
    site: string | null;
    boot: string | null;
    /** When it was last heard, as it began. */
    heard_at: number;
    /** It counts as there only when it is heard from then on; null: it was. */
    proof_from: number | null;
  };
  availability_state: {
    id: number;
    /** What is written is all that was seen up to then. */
    seen_until: number | null;
    /** Late arrivals up to then were looked at. */
    late_until: number;
  };
  /** What was noticed of a device beside its state: another boot, firmware or agent. */
  device_change: { device: string; at: number; kind: string; text: string };
  /** What changed around an incident in the hour before it, as it was known when it was opened. */
  incident_change: { incident: string; at: number; kind: string; device: string | null; text: string };
}

export const availability: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `CREATE TABLE availability_interval (
    device TEXT NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL CHECK (to_at > from_at), state TEXT NOT NULL,
    cause TEXT, root TEXT, site TEXT, held INTEGER NOT NULL, PRIMARY KEY (device, from_at)) STRICT, WITHOUT ROWID`,
  `CREATE INDEX availability_interval_by_end ON availability_interval (to_at)`,
  `CREATE TABLE availability_revision (
    device TEXT NOT NULL, from_at INTEGER NOT NULL, state TEXT NOT NULL, cause TEXT, revised_at INTEGER NOT NULL,
    PRIMARY KEY (device, from_at)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE availability_open (
    device TEXT PRIMARY KEY, from_at INTEGER NOT NULL, state TEXT NOT NULL, cause TEXT, root TEXT, site TEXT, boot TEXT,
    heard_at INTEGER NOT NULL, proof_from INTEGER) STRICT, WITHOUT ROWID`,
  `CREATE TABLE availability_state (
    id INTEGER PRIMARY KEY CHECK (id = 1), seen_until INTEGER, late_until INTEGER NOT NULL) STRICT`,
  `INSERT INTO availability_state VALUES (1, NULL, 0)`,
  `CREATE INDEX late_arrival_by_arrival ON late_arrival (arrived_at)`,
  `CREATE TABLE device_change (
    device TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (device, at, kind)) STRICT, WITHOUT ROWID`,
  `CREATE INDEX device_change_by_time ON device_change (at)`,
  `CREATE TABLE incident_change (
    incident TEXT NOT NULL REFERENCES incident ON DELETE CASCADE, at INTEGER NOT NULL, kind TEXT NOT NULL, device TEXT,
    text TEXT NOT NULL) STRICT`,
  `CREATE INDEX incident_change_of_incident ON incident_change (incident, at)`,
  `CREATE INDEX config_revision_by_time ON config_revision (device, at)`,
  `CREATE INDEX config_revision_by_outcome ON config_revision (device, outcome_at)`,
  `CREATE INDEX device_events_by_time ON device_events (device, at)`,
];
