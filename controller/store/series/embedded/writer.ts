import type { Catalogue } from "../accept.ts";
import { type Db, inTransaction } from "./database.ts";
import type { Directory } from "./directory.ts";
import { createUnpacker, type Packed } from "./pack.ts";
import { dayOf, type Partition, type Partitions } from "./partitions.ts";

/** Statements kept ready: one a table that is written to. */
const statementsKept = 256;

type Insert = { run(values: unknown[]): void };

/** Writes points in one transaction: all are on disk when it returns, none when it throws. */
export function createWriter(needs: { db: Db; catalogue: Catalogue; directory: Directory; partitions: Partitions }) {
  const { db, catalogue, directory, partitions } = needs;
  const rowsOf = createUnpacker(catalogue);
  const inserts = new Map<string, Insert>();

  const insertOf = (partition: Partition): Insert => {
    const ready = inserts.get(partition.table);
    if (ready) return ready;
    if (inserts.size >= statementsKept) inserts.clear();
    const statement = db.prepare(upsert(partition.table, Object.keys(catalogue[partition.measurement]?.fields ?? {})));
    const insert = { run: (values: unknown[]) => void statement.run(values) };
    inserts.set(partition.table, insert);
    return insert;
  };

  return {
    write(points: Packed): void {
      inTransaction(db, () => {
        for (const row of rowsOf(points)) {
          const day = dayOf(row.at);
          const entry = directory.entryOf(row, day);
          insertOf(partitions.forWriting(row.m, day)).run([entry.device, entry.id, row.at, ...row.values]);
        }
      });
    },
    /** Statements of tables that a drop or a roll-back took away. */
    forget: (): void => inserts.clear(),
  };
}

/** Fields that are given overwrite; others stay as they were. */
function upsert(table: string, fields: string[]): string {
  const columns = ["device", "series", "at", ...fields.map((field) => `"${field}"`)];
  const updates = fields.map((field) => `"${field}" = coalesce(excluded."${field}", "${field}")`);
  return `INSERT INTO "${table}" (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})
    ON CONFLICT (device, series, at) DO UPDATE SET ${updates.join(", ")}`;
}
