import { type Kysely, type Migration, sql } from "kysely";

export interface RuleTables {
  /** Rules that people made or changed; the others are in files and in the program. */
  alert_rule: {
    organisation: string;
    id: string;
    rule_json: string;
    version: number;
    created_at: number;
    updated_at: number;
  };
  /** What a rule says of a series of a device, where that is not plainly good. */
  alert_instance: {
    rule: string;
    device: string;
    /** "radio=phy0"; "" where it has no tags. */
    series: string;
    state: string;
    since: number;
    samples: number;
    bad_since: number | null;
    duty: number;
    flap_score: number;
    flap_at: number;
    flapping: number;
    number: number | null;
  };
  /** When the controller last decided: what lies between that and a start, nobody has seen. */
  alert_life: { id: number; alive_at: number };
}

export const rules: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `CREATE TABLE alert_rule (
    organisation TEXT NOT NULL, id TEXT NOT NULL, rule_json TEXT NOT NULL, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (organisation, id)) STRICT`,
  `CREATE TABLE alert_instance (
    rule TEXT NOT NULL, device TEXT NOT NULL, series TEXT NOT NULL, state TEXT NOT NULL, since INTEGER NOT NULL,
    samples INTEGER NOT NULL, bad_since INTEGER, duty INTEGER NOT NULL, flap_score REAL NOT NULL,
    flap_at INTEGER NOT NULL, flapping INTEGER NOT NULL, number REAL,
    PRIMARY KEY (rule, device, series)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE alert_life (id INTEGER PRIMARY KEY CHECK (id = 1), alive_at INTEGER NOT NULL) STRICT`,
];
