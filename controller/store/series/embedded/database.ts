import Database from "libsql";

export type Db = Database.Database;

/** Opens or makes the file. What a transaction committed is on disk: it is what `delivered` rests on. */
export function openDatabase(file: string): Db {
  const db = connect(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.pragma("busy_timeout = 5000");
  db.pragma(`cache_size = -${cacheKiB}`);
  db.pragma(`wal_autocheckpoint = ${checkpointPages}`);
  db.pragma(`journal_size_limit = ${walBytes}`);
  db.exec(`
    CREATE TABLE IF NOT EXISTS device (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE IF NOT EXISTS series (
      id INTEGER PRIMARY KEY, device INTEGER NOT NULL REFERENCES device (id), measurement TEXT NOT NULL,
      tags TEXT NOT NULL, last_day INTEGER NOT NULL, UNIQUE (device, measurement, tags));
    CREATE TABLE IF NOT EXISTS life (id INTEGER PRIMARY KEY CHECK (id = 1), writes INTEGER NOT NULL);
    INSERT OR IGNORE INTO life VALUES (1, 0);
  `);
  return db;
}

/** Opens a file that somebody else writes. The driver knows no read-only connection, so it is told to change nothing. */
export function openForReading(file: string): Db {
  const db = connect(file);
  db.pragma("query_only = ON");
  // Its checkpoints are as good as the writer's.
  db.pragma("synchronous = FULL");
  db.pragma("busy_timeout = 5000");
  db.pragma(`cache_size = -${readCacheKiB}`);
  return db;
}

const cacheKiB = 64 * 1024;
const readCacheKiB = 16 * 1024;
/** 64 MiB between checkpoints: one copies a page that many writes touched once. */
const checkpointPages = 16_384;
const walBytes = 64 * 1024 * 1024;

/** The driver gives this one failure no code. */
function connect(file: string): Db {
  try {
    return new Database(file);
  } catch (error) {
    throw Object.assign(new Error(`cannot open ${file}: ${(error as Error).message}`), { code: "SQLITE_CANTOPEN" });
  }
}

/** All or nothing. */
export function inTransaction<T>(db: Db, run: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = run();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk has ended the transaction already, and the first error is the one that says why.
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** away: the disk doesn't let us now (full, failing, held by another). person: it won't until somebody mends it. */
export function kindOf(error: unknown): "away" | "person" | "fault" {
  const code = String((error as { code?: unknown }).code);
  if (/^SQLITE_(NOTADB|CORRUPT|CANTOPEN|PERM|READONLY|AUTH)/.test(code)) return "person";
  return /^SQLITE_(FULL|IOERR|BUSY|LOCKED|NOMEM|PROTOCOL)/.test(code) ? "away" : "fault";
}
