import Database from "libsql";

/** Locks the file of the series as any other program could: whoever wants to write has to wait.
 *  @returns gives it back */
export function lockStore(file: string): () => void {
  const db = new Database(file);
  try {
    db.pragma("busy_timeout = 2000");
    db.exec("BEGIN IMMEDIATE");
  } catch (error) {
    db.close();
    throw error;
  }
  return () => {
    db.exec("ROLLBACK");
    db.close();
  };
}
