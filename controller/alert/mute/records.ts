import type { Kysely } from "kysely";
import type { Database, Records } from "../../store/records/index.ts";
import type { MuteKind } from "./hold.ts";
import type { Selector, Sla } from "./schema.ts";
import { overAt, type When } from "./standing.ts";

/** A silence or a maintenance window as people made it. */
export interface MuteEntry extends Selector {
  id: string;
  kind: MuteKind;
  when: When;
  /** null: of a silence, which says nothing of availability. */
  sla: Sla | null;
  why: string;
  madeBy: { kind: string; id: string; name: string };
  endedAt: number | null;
  /** Nothing of it comes after that; null: it has no end. */
  overAt: number | null;
  version: number;
  createdAt: number;
  updatedAt: number;
}

const entryOf = (row: Database["mute"]): MuteEntry => ({
  id: row.id,
  kind: row.kind as MuteKind,
  scope: JSON.parse(row.scope_json),
  rules: row.rules_json === null ? [] : JSON.parse(row.rules_json),
  when: JSON.parse(row.when_json),
  sla: row.sla as Sla | null,
  why: row.why,
  madeBy: { kind: row.made_by_kind, id: row.made_by, name: row.made_by_name },
  endedAt: row.ended_at,
  overAt: row.over_at,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const rowOf = (entry: MuteEntry, organisation: string): Database["mute"] => ({
  id: entry.id,
  organisation,
  kind: entry.kind,
  scope_json: JSON.stringify(entry.scope),
  rules_json: entry.rules.length === 0 ? null : JSON.stringify(entry.rules),
  when_json: JSON.stringify(entry.when),
  sla: entry.sla,
  why: entry.why,
  made_by_kind: entry.madeBy.kind,
  made_by: entry.madeBy.id,
  made_by_name: entry.madeBy.name,
  ended_at: entry.endedAt,
  over_at: overAt(entry),
  version: entry.version,
  created_at: entry.createdAt,
  updated_at: entry.updatedAt,
});

/** @returns it with what follows from it */
export async function putMute(db: Kysely<Database>, organisation: string, entry: MuteEntry): Promise<MuteEntry> {
  const row = rowOf(entry, organisation);
  await db
    .insertInto("mute")
    .values(row)
    .onConflict((c) => c.column("id").doUpdateSet(row))
    .execute();
  return entryOf(row);
}

export const removeMute = async (db: Kysely<Database>, id: string): Promise<void> =>
  void (await db.deleteFrom("mute").where("id", "=", id).execute());

/** Those that were over before then. */
export const pruneMutes = async ({ db, organisation }: Records, overBefore: number): Promise<void> =>
  void (await db
    .deleteFrom("mute")
    .where("organisation", "=", organisation)
    .where("over_at", "<", overBefore)
    .execute());

/** Those that are not over, or only since then. */
export async function loadMutes({ db, organisation }: Records, overSince: number): Promise<MuteEntry[]> {
  const rows = await db
    .selectFrom("mute")
    .selectAll()
    .where("organisation", "=", organisation)
    .where((e) => e.or([e("over_at", "is", null), e("over_at", ">", overSince)]))
    .execute();
  return rows.map(entryOf);
}

export async function muteOfId({ db }: Records, kind: MuteKind, id: string): Promise<MuteEntry | null> {
  const row = await db.selectFrom("mute").selectAll().where("id", "=", id).where("kind", "=", kind).executeTakeFirst();
  return row ? entryOf(row) : null;
}

export interface MuteQuery {
  limit: number;
  /** Only those that were over by then. */
  overBy?: number | undefined;
  /** `createdAt` and id of the last one seen. */
  before?: { createdAt: number; id: string } | undefined;
}

/** Newest first. */
export async function listMutes(
  { db, organisation }: Records,
  kind: MuteKind,
  { limit, overBy, before }: MuteQuery,
): Promise<MuteEntry[]> {
  let query = db.selectFrom("mute").selectAll().where("organisation", "=", organisation).where("kind", "=", kind);
  if (overBy !== undefined) query = query.where("over_at", "<=", overBy);
  if (before)
    query = query.where((e) =>
      e.or([
        e("created_at", "<", before.createdAt),
        e.and([e("created_at", "=", before.createdAt), e("id", "<", before.id)]),
      ]),
    );
  const rows = await query.orderBy("created_at", "desc").orderBy("id", "desc").limit(limit).execute();
  return rows.map(entryOf);
}
