import { type Generated, type Kysely, type Migration, sql } from "kysely";

/** What 0014 adds to tables of 0002. */
export interface TopologyColumns {
  device: {
    /** Where it can be asked whether it is there, "host" or "host:port"; null: nowhere. */
    address: Generated<string | null>;
    /** Groups of devices that it is behind: out of reach when all of one group are. */
    parents_json: Generated<string>;
  };
}

export const topology: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};

const statements = [
  `ALTER TABLE device ADD COLUMN address TEXT`,
  `ALTER TABLE device ADD COLUMN parents_json TEXT NOT NULL DEFAULT '[]'`,
];
