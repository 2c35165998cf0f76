import { type Kysely, type Migration, sql } from "kysely";

/** What 0020 adds to a table of 0005. */
export interface RenderedColumns {
  config_revision: {
    /** `{by, files, left}`: what it became on the device, secrets concealed; null: no files. */
    rendered_json: string | null;
  };
}

async function up(db: Kysely<unknown>): Promise<void> {
  await sql`ALTER TABLE config_revision ADD COLUMN rendered_json TEXT`.execute(db);
}

export const rendered: Migration = { up };
