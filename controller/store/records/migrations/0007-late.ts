import { type Generated, type Kysely, type Migration, sql } from "kysely";

export interface LateTables {
  /** Stretches of time whose points a device sent afterwards; bounded per device (controller/ingest/late). */
  late_arrival: {
    id: Generated<number>;
    device: string;
    from_at: number;
    to_at: number;
    points: number;
    arrived_at: number;
  };
}

export const late: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `CREATE TABLE late_arrival (
    id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL,
    points INTEGER NOT NULL, arrived_at INTEGER NOT NULL) STRICT`,
  `CREATE INDEX late_arrival_of_device ON late_arrival (device, to_at)`,
];
