import Sqlite from "libsql";

export interface Progress {
  /** What is being copied. */
  what: string;
  done: number;
  of: number;
}

export interface Copied {
  tables: number;
  rows: number;
}

/** Copies a database that others may be writing to, as it is at this moment: one read transaction from beginning to end,
 *  in WAL mode nobody waits for it. The copy is checked when this returns; throws what is wrong with it otherwise.
 *  @param to must not exist */
export function snapshot(from: string, to: string, what: string, progress: (step: Progress) => void): Copied {
  // Not read-only: after a crash SQLite has to mend the file first.
  const db = new Sqlite(from, { fileMustExist: true } as object);
  try {
    db.pragma("busy_timeout = 5000");
    // Tables come one after the other, children before parents.
    db.pragma("foreign_keys = OFF");
    db.exec(`ATTACH '${to.replaceAll("'", "''")}' AS copy`);
    // Nobody reads it before it is whole; the caller puts it on disk.
    db.exec("PRAGMA copy.journal_mode = OFF");
    db.exec("PRAGMA copy.synchronous = OFF");
    db.exec("BEGIN");
    const copied = copyAll(db, what, progress);
    db.exec("COMMIT");
    return copied;
  } finally {
    db.close();
  }
}

interface Thing {
  type: string;
  name: string;
  sql: string;
}

function copyAll(db: Sqlite.Database, what: string, progress: (step: Progress) => void): Copied {
  const things = db
    .prepare("SELECT type, name, sql FROM main.sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, name")
    .all() as Thing[];
  const tables = things.filter(({ type, name }) => type === "table" && !name.startsWith("sqlite_"));
  let rows = 0;
  for (const [at, { name, sql }] of tables.entries()) {
    progress({ what, done: at, of: tables.length });
    db.exec(sql.replace(tableHead, "create table copy.$1"));
    rows += db.prepare(`INSERT INTO copy.${quoted(name)} SELECT * FROM main.${quoted(name)}`).run([]).changes;
  }
  for (const { type, sql } of things) {
    if (type === "index") db.exec(sql.replace(indexHead, "create $1index copy.$2"));
    else if (type !== "table") throw new Error(`${what}: a ${type} cannot be copied`);
  }
  // Numbers that were given out once are not given out again.
  if (things.some(({ name }) => name === "sqlite_sequence")) {
    db.exec("DELETE FROM copy.sqlite_sequence");
    db.exec("INSERT INTO copy.sqlite_sequence SELECT * FROM main.sqlite_sequence");
  }
  progress({ what, done: tables.length, of: tables.length });
  return { tables: tables.length, rows };
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** As SQLite keeps them: as they were written, but without IF NOT EXISTS. */
const tableHead = /^create table ("(?:[^"]|"")+"|\w+)/i;
const indexHead = /^create (unique )?index ("(?:[^"]|"")+"|\w+)/i;

/** Reads every page of a database. Throws a sentence when it is damaged. */
export function checkDatabase(file: string, what: string): void {
  const db = new Sqlite(file, { readonly: true });
  try {
    const [found] = db.prepare("PRAGMA integrity_check(1)").raw().all() as [string][];
    if (found?.[0] !== "ok") throw new Error(`${what} is damaged: ${found?.[0]}`);
  } finally {
    db.close();
  }
}
