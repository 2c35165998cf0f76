import type { Clock } from "../base/clock.ts";
import type { Records } from "../store/records/index.ts";
import { changesOf } from "./availability/index.ts";
import type { Incident, Member } from "./incident.ts";
import type { Muted } from "./mute/hold.ts";
import type { IncidentRow } from "./records.ts";
import { type IncidentEvent, type IncidentView, type Told, viewOf } from "./view.ts";

/** Members that one incident shows; of a bigger one the sentence has the number. */
export const membersShown = 200;

export interface IncidentQuery {
  state?: "open" | "resolved" | "closed" | undefined;
  site?: string | undefined;
  device?: string | undefined;
  limit: number;
  /** `openedAt` and id of the last one seen. */
  before?: { openedAt: number; id: string } | undefined;
}

/** @param needs.toldOf what became of the notices of these incidents */
export function createRead(needs: {
  records: Records;
  clock: Clock;
  toldOf(incidents: readonly string[]): Promise<Map<string, Told[]>>;
  mutedNow(incident: Incident, member: Member): Muted | null;
}) {
  const { db, organisation } = needs.records;

  async function views(rows: IncidentRow[]): Promise<IncidentView[]> {
    const ids = rows.map(({ id }) => id);
    const [told, changed] = [await needs.toldOf(ids), await changesOf(db, ids)];
    const all: IncidentView[] = [];
    for (const row of rows) {
      const members = await db
        .selectFrom("incident_member")
        .selectAll()
        .where("incident", "=", row.id)
        .orderBy("state", "desc")
        .orderBy("name")
        .limit(membersShown)
        .execute();
      const around = { told: told.get(row.id) ?? [], changed: changed.get(row.id) ?? [] };
      all.push(viewOf(row, members, around, needs.clock.now(), needs.mutedNow));
    }
    return all;
  }

  return {
    async of(id: string): Promise<IncidentView | null> {
      const row = await db.selectFrom("incident").selectAll().where("id", "=", id).executeTakeFirst();
      return row ? ((await views([row]))[0] ?? null) : null;
    },
    /** Newest first. */
    async list({ state, site, device, limit, before }: IncidentQuery): Promise<IncidentView[]> {
      let query = db.selectFrom("incident").selectAll().where("organisation", "=", organisation);
      if (state !== undefined) query = query.where("state", "=", state);
      if (site !== undefined) query = query.where("site", "=", site);
      if (device !== undefined)
        query = query.where("id", "in", (e) =>
          e.selectFrom("incident_member").select("incident").where("device", "=", device),
        );
      if (before)
        query = query.where((e) =>
          e.or([
            e("opened_at", "<", before.openedAt),
            e.and([e("opened_at", "=", before.openedAt), e("id", "<", before.id)]),
          ]),
        );
      return await views(await query.orderBy("opened_at", "desc").orderBy("id", "desc").limit(limit).execute());
    },
    /** Oldest first; the first ones of a very long history. */
    async events(id: string, limit: number): Promise<IncidentEvent[]> {
      const rows = await db
        .selectFrom("incident_event")
        .selectAll()
        .where("incident", "=", id)
        .orderBy("id")
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        at: row.at,
        kind: row.kind,
        text: row.text,
        actor: row.actor_kind === null || row.actor === null ? null : { kind: row.actor_kind, id: row.actor },
      }));
    },
  };
}
export type Read = ReturnType<typeof createRead>;
