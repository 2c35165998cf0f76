import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import type { Database, Records } from "../store/records/index.ts";
import { authLimits } from "./limits.ts";

/** One change. `before` and `after` are what a person may read: never a secret. */
export interface AuditEntry {
  actor: { kind: string; id: string };
  /** As "site.changed". */
  action: string;
  subject: { kind: string; id: string };
  before?: object | null;
  after?: object | null;
}

export interface AuditRow {
  id: number;
  at: number;
  actor: { kind: string; id: string };
  action: string;
  subject: { kind: string; id: string };
  before: unknown;
  after: unknown;
}

export interface Audit {
  /** @param db the transaction of the change itself, so that there is neither without the other */
  write(db: Kysely<Database>, entry: AuditEntry): Promise<void>;
  /** What was done outside the records: there is no change to share a transaction with. */
  note(entry: AuditEntry): Promise<void>;
  /** Newest first. @param query.before id of the last row seen */
  list(query: { before?: number; subject?: { kind: string; id: string }; limit: number }): Promise<AuditRow[]>;
}

export function createAudit(needs: { records: Records; clock: Clock }): Audit {
  const { db: all, organisation } = needs.records;
  async function write(db: Kysely<Database>, entry: AuditEntry): Promise<void> {
    const row = {
      organisation,
      at: needs.clock.now(),
      actor_kind: entry.actor.kind,
      actor: entry.actor.id,
      action: entry.action,
      subject_kind: entry.subject.kind,
      subject: entry.subject.id,
      before_json: encode(entry.before),
      after_json: encode(entry.after),
    };
    await db.insertInto("audit").values(row).execute();
  }
  return {
    write,
    note: (entry) => write(all, entry),
    async list({ before, subject, limit }) {
      let query = all.selectFrom("audit").selectAll().where("organisation", "=", organisation);
      if (before !== undefined) query = query.where("id", "<", before);
      if (subject) query = query.where("subject_kind", "=", subject.kind).where("subject", "=", subject.id);
      const rows = await query.orderBy("id", "desc").limit(limit).execute();
      return rows.map((row) => ({
        id: row.id,
        at: row.at,
        actor: { kind: row.actor_kind, id: row.actor },
        action: row.action,
        subject: { kind: row.subject_kind, id: row.subject },
        before: row.before_json === null ? null : JSON.parse(row.before_json),
        after: row.after_json === null ? null : JSON.parse(row.after_json),
      }));
    },
  };
}

function encode(value: object | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  const text = JSON.stringify(value);
  return text.length <= authLimits.auditBytes
    ? text
    : JSON.stringify({ cut: `${text.length} letters, too long to keep` });
}
