import { StoreAway } from "../contract.ts";
import { NeedsPerson } from "../readiness.ts";
import { CredentialsRefused, name, type Ql, QueryRefused } from "./ql.ts";

export interface Schema {
  retentionPolicy: string;
  retentionMs: number;
  /** false: somebody else makes database and retention policy; we only look whether they are there. */
  manage: boolean;
}

/** InfluxDB drops whole shards, so this is also how much longer than its retention a point may stay. */
const shardHours = (retentionMs: number): number =>
  retentionMs >= 1_000 * dayMs ? 24 * 28 : retentionMs >= 60 * dayMs ? 24 * 7 : retentionMs >= 2 * dayMs ? 24 : 1;
const dayMs = 86_400_000;

/** How long raw points have to be kept so that what is not rolled up yet doesn't expire; whole days more than usual. */
export function rawDurationMs(rawMs: number, oldestPendingAt: number | null, now: number): number {
  if (oldestPendingAt === null || oldestPendingAt - dayMs > now - rawMs) return rawMs;
  return rawMs + Math.ceil((now - oldestPendingAt + dayMs - rawMs) / dayMs) * dayMs;
}

/** Makes the database and its retention policy, or finds them. Rejects with StoreAway or NeedsPerson. */
export async function ensureSchema(ql: Ql, schema: Schema): Promise<void> {
  const database = name(ql.database);
  const policy = name(schema.retentionPolicy);
  try {
    if (schema.manage) await ql.run(`CREATE DATABASE ${database}`);
    const found = await policyOf(ql, schema.retentionPolicy);
    if (found?.duration === goDuration(schema.retentionMs)) return;
    if (!schema.manage && found) return;
    if (!schema.manage) throw new StoreAway(`InfluxDB has no retention policy ${policy} on ${database}`);
    const verb = found ? "ALTER" : "CREATE";
    await ql.run(
      `${verb} RETENTION POLICY ${policy} ON ${database} DURATION ${schema.retentionMs}ms REPLICATION 1 SHARD DURATION ${shardHours(schema.retentionMs)}h`,
    );
  } catch (error) {
    if (error instanceof QueryRefused) throw new NeedsPerson(`InfluxDB: ${error.message}`);
    if (error instanceof CredentialsRefused) throw new NeedsPerson(error.message);
    throw error;
  }
}

async function policyOf(ql: Ql, policy: string): Promise<{ duration: string } | undefined> {
  const [row] = await ql.run(`SHOW RETENTION POLICIES ON ${name(ql.database)}`);
  if (!row) return undefined;
  const at = (column: string): number => row.columns.indexOf(column);
  const found = row.values.find((values) => values[at("name")] === policy);
  return found && { duration: String(found[at("duration")]) };
}

/** As InfluxDB prints a duration of whole seconds. */
function goDuration(ms: number): string {
  const seconds = ms / 1_000;
  return `${Math.floor(seconds / 3_600)}h${Math.floor(seconds / 60) % 60}m${seconds % 60}s`;
}
