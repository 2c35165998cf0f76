import { statSync } from "node:fs";
import type { Clock } from "../../../base/clock.ts";
import type { Catalogue } from "../accept.ts";
import type { Asked } from "./calls.ts";
import type { Db } from "./database.ts";
import { createLookup } from "./lookup.ts";
import { createPartitions } from "./partitions.ts";
import { createReader } from "./reader.ts";
import { createShelves } from "./shelves.ts";

export const logLimits = {
  /** The log that commits are appended to begins anew when nobody reads from it. Where one question follows the other
   *  that never happens by itself: from here on it is made to happen between two of them. */
  bytes: 192 * 1024 * 1024,
  /** Between two tries. What else reads the file, such as a backup, may be in the way for long. */
  retryMs: 2_000,
  /** How long a try may wait for others, and writes for it. */
  waitMs: 100,
} as const;

/** Answers questions. Each sees the file as it was when it was asked: what was acknowledged before is in it, and no table
 *  is dropped under its hands. */
export function createReading(needs: {
  db: Db;
  file: string;
  catalogue: Catalogue;
  clock: Pick<Clock, "monotonic">;
  limits?: Record<keyof typeof logLimits, number> | undefined;
}): (asked: Asked) => unknown {
  const { db, file, catalogue, clock, limits = logLimits } = needs;
  const lookup = createLookup(db);
  const partitions = createPartitions(db, catalogue);
  const shelves = createShelves(db, catalogue);
  const reader = createReader({ db, lookup, partitions, shelves, clock });
  const measurements = Object.keys(catalogue);
  const schemaVersion = db.prepare("PRAGMA schema_version").raw();
  let schema = -1;
  let triedAt = Number.NEGATIVE_INFINITY;

  function shortenLog(): void {
    const bytes = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes < limits.bytes || clock.monotonic() - triedAt < limits.retryMs) return;
    triedAt = clock.monotonic();
    // Most of the copying holds nobody; only the rest of it needs the writer to stand still.
    db.pragma("wal_checkpoint(PASSIVE)");
    db.pragma(`busy_timeout = ${limits.waitMs}`);
    db.pragma("wal_checkpoint(TRUNCATE)");
    db.pragma("busy_timeout = 5000");
  }

  function atOnce<T>(run: () => T): T {
    shortenLog();
    db.exec("BEGIN");
    try {
      const [version] = schemaVersion.get([]) as [number];
      if (version !== schema) {
        partitions.reload();
        shelves.reload();
        schema = version;
      }
      return run();
    } finally {
      if (db.inTransaction) db.exec("ROLLBACK");
    }
  }

  function answer(asked: Asked): unknown {
    switch (asked.call) {
      case "query":
        return reader.query(asked.query, asked.plan);
      case "latest":
        return reader.latest(asked.since, measurements);
      case "count":
        return reader.count(asked.device, asked.from, asked.to, asked.measurement ? [asked.measurement] : measurements);
      case "devicesOn":
        return reader.devicesOn(asked.day);
      case "hoursOn":
        return reader.hoursOn(asked.day, asked.devices);
      case "check":
        return null;
      default:
        throw new Error(`the reader answers no "${asked.call}"`);
    }
  }

  return (asked) => {
    if (asked.call !== "close") return atOnce(() => answer(asked));
    db.close();
    return null;
  };
}
