import { type Kysely, type Migration, sql } from "kysely";

export interface LearntTopologyTables {
  /** Where a device hangs, as it was seen. */
  learnt_topology: { device: string; hanging_json: string };
}

export const learntTopology: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`CREATE TABLE learnt_topology (device TEXT PRIMARY KEY, hanging_json TEXT NOT NULL) STRICT`.execute(db);
  },
};
