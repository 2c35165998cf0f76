import type { Kysely } from "kysely";
import type { Clock } from "../base/clock.ts";
import { randomId } from "../base/ids.ts";
import type { Database, Records } from "../store/records/index.ts";
import { notifyLimits } from "./limits.ts";
import { free, heads, hears, type Row, takePlace } from "./outbox.ts";

/** Several notices of one channel in one message. */
export interface Digest {
  id: string;
  channel: string;
  overflow: boolean;
  createdAt: number;
  attempts: number;
}

/** Digests that are to be sent. What is in one is fixed when it is made, so that another attempt says the same. */
export function createDigests(needs: { records: Records; clock: Clock; owner: string }) {
  const { clock, owner } = needs;
  const { db } = needs.records;

  /** Groups that wait to be told together and whose time has come. */
  const ripe = (t: Kysely<Database>, now: number) =>
    t
      .selectFrom("outbox")
      .innerJoin("channel", "channel.id", "outbox.channel")
      .where("outbox.id", "in", heads(t))
      .where("lane", "!=", "now")
      .where("digest", "is", null)
      .where("not_before", "<=", now)
      .where(hears(now));

  async function make(channel: string, now: number): Promise<void> {
    await db.transaction().execute(async (t) => {
      const groups = await ripe(t, now)
        .select(["incident", "lane"])
        .where("outbox.channel", "=", channel)
        .orderBy("outbox.id")
        .limit(notifyLimits.digestItems)
        .execute();
      // One at a time: while a receiver is away, the next one gathers what comes.
      const before = await t.selectFrom("notice_digest").select("id").where("channel", "=", channel).executeTakeFirst();
      if (groups.length === 0 || before) return;
      const id = randomId("digest");
      const lane = groups.every((group) => group.lane === "overflow") ? "overflow" : "digest";
      const usual = { attempts: 0, lease_until: 0, lease_owner: null };
      await t
        .insertInto("notice_digest")
        .values({ id, channel, lane, created_at: now, not_before: now, ...usual })
        .execute();
      await t
        .updateTable("outbox")
        .set({ digest: id })
        .where("channel", "=", channel)
        .where("state", "=", "waiting")
        .where("digest", "is", null)
        .where(
          "incident",
          "in",
          groups.map(({ incident }) => incident),
        )
        .execute();
    });
  }

  return {
    /** Makes those whose time has come. @returns all that are to be sent now */
    async due(): Promise<Pick<Digest, "id" | "channel">[]> {
      const now = clock.now();
      for (const { channel } of await ripe(db, now).select("outbox.channel").distinct().execute())
        await make(channel, now);
      return await db
        .selectFrom("notice_digest")
        .innerJoin("channel", "channel.id", "notice_digest.channel")
        .select(["notice_digest.id", "notice_digest.channel"])
        .where("not_before", "<=", now)
        .where(free(now))
        .where(hears(now))
        .orderBy("notice_digest.created_at")
        .execute();
    },

    /** Takes it for a while. @returns it with all rows of its incidents, or null: somebody else has it, or the channel had
     *  enough for now */
    async lease(id: string): Promise<{ digest: Digest; groups: Map<string, Row[]> } | null> {
      const now = clock.now();
      return await db.transaction().execute(async (t) => {
        const found = await t
          .selectFrom("notice_digest")
          .selectAll()
          .where("id", "=", id)
          .where(free(now))
          .executeTakeFirst();
        const to = await t
          .selectFrom("channel")
          .selectAll()
          .where("id", "=", found?.channel ?? "")
          .executeTakeFirst();
        if (!found || !to) return null;
        const waitMs = await takePlace(t, to, now);
        if (waitMs !== null) {
          await t
            .updateTable("notice_digest")
            .set({ not_before: now + waitMs })
            .where("id", "=", id)
            .execute();
          return null;
        }
        const { channel } = found;
        const attempts = found.attempts + 1;
        const taken = { lease_until: now + notifyLimits.leaseMs, lease_owner: owner, attempts };
        await t.updateTable("notice_digest").set(taken).where("id", "=", id).execute();
        await t
          .updateTable("outbox")
          .set((e) => ({ attempts: e("attempts", "+", 1) }))
          .where("digest", "=", id)
          .where("state", "=", "waiting")
          .execute();
        const rows = await t
          .selectFrom("outbox")
          .selectAll()
          .where("channel", "=", channel)
          .where("incident", "in", (e) => e.selectFrom("outbox as o").select("o.incident").where("o.digest", "=", id))
          .orderBy("id")
          .execute();
        const groups = new Map<string, Row[]>();
        for (const row of rows) groups.set(row.incident, [...(groups.get(row.incident) ?? []), row]);
        const digest = { id, channel, overflow: found.lane === "overflow", createdAt: found.created_at, attempts };
        return { digest, groups };
      });
    },

    /** To be tried again after `waitMs`. */
    async postpone(id: string, waitMs: number, answer: string): Promise<void> {
      const not_before = clock.now() + waitMs;
      await db.transaction().execute(async (t) => {
        await t.updateTable("notice_digest").set({ not_before, lease_until: 0 }).where("id", "=", id).execute();
        await t
          .updateTable("outbox")
          .set({ answer, not_before })
          .where("digest", "=", id)
          .where("state", "=", "waiting")
          .execute();
      });
    },
  };
}
export type Digests = ReturnType<typeof createDigests>;
