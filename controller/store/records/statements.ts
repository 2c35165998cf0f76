import type { SqliteDatabase } from "kysely";

/** Statements kept ready; the queries of the whole program are fewer. */
export const statementsKept = 256;

/** Prepares each text once: that takes twice as long as running most of them. Kysely runs a statement to its end before
 *  anything else gets its turn, so one can serve all who ask the same. */
export function keepStatements(sqlite: SqliteDatabase): SqliteDatabase {
  const ready = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  return {
    close: () => sqlite.close(),
    prepare(text) {
      const known = ready.get(text);
      if (known) return known;
      if (ready.size >= statementsKept) ready.clear();
      const statement = sqlite.prepare(text);
      ready.set(text, statement);
      return statement;
    },
  };
}
