import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, Migrator, SqliteDialect, sql } from "kysely";
import Sqlite from "libsql";
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import type { Database } from "./database.ts";
import { migrations } from "./migrations/index.ts";
import { keepStatements } from "./statements.ts";

export interface Records {
  db: Kysely<Database>;
  /** The one organisation of this installation. */
  organisation: string;
  close(): Promise<void>;
}

const busyTimeoutMs = 5_000;
const organisation = "main";

/** Opens the database, made or brought up to date first. Everything committed is on disk when its promise resolves.
 *  Throws when the file was written by a newer program. */
export async function openRecords(needs: { file: string; log: Log; clock: Clock }): Promise<Records> {
  mkdirSync(dirname(needs.file), { recursive: true, mode: 0o700 });
  const sqlite = new Sqlite(needs.file);
  try {
    for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"]) sqlite.pragma(pragma);
    sqlite.pragma(`busy_timeout = ${busyTimeoutMs}`);
    const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: keepStatements(sqlite) }) });
    await migrate(db, needs);
    const row = { id: organisation, name: "", created_at: needs.clock.now() };
    await db
      .insertInto("organisation")
      .values(row)
      .onConflict((c) => c.doNothing())
      .execute();
    return { db, organisation, close: () => db.destroy() };
  } catch (error) {
    if (sqlite.open) sqlite.close();
    throw error;
  }
}

async function migrate(db: Kysely<Database>, needs: { file: string; log: Log }): Promise<void> {
  await refuseNewer(db, needs.file);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error, results } = await migrator.migrateToLatest();
  for (const done of results ?? [])
    needs.log.info("records migrated", { migration: done.migrationName, is: done.status });
  if (error) throw new Error(`${needs.file}: cannot be brought up to date`, { cause: error });
}

/** An older program would read a newer database wrong, and write it worse. */
async function refuseNewer(db: Kysely<Database>, file: string): Promise<void> {
  const tables = await sql<{ n: number }>`
    SELECT count(*) AS n FROM sqlite_master WHERE name = 'kysely_migration'`.execute(db);
  if (tables.rows[0]?.n === 0) return;
  const applied = await sql<{ name: string }>`SELECT name FROM kysely_migration ORDER BY name`.execute(db);
  const unknown = applied.rows.find(({ name }) => !Object.hasOwn(migrations, name));
  if (unknown)
    throw new Error(
      `${file} was written by a newer version of Lamplighter (it has "${unknown.name}"): start that version, or restore a backup made by this one`,
    );
}
