import { type Kysely, sql } from "kysely";
import type { Clock } from "../base/clock.ts";
import type { Database, Records } from "../store/records/index.ts";
import { notifyLimits } from "./limits.ts";
import type { OutboxRow, Plan } from "./plan.ts";

export type Row = Omit<Database["outbox"], "id"> & { id: number };

/** A channel's part of an incident: sent in order, one at a time. */
export interface Group {
  channel: string;
  incident: string;
  /** The oldest row that waits. */
  head: number;
}

const full = `${notifyLimits.waiting} notices wait already`;

/** The notices that are to be sent. Every row is written in the transaction of what it tells. */
export function createOutbox(needs: { records: Records; clock: Clock; owner: string }) {
  const { clock, owner } = needs;
  const { db, organisation } = needs.records;

  return {
    /** "opened" to every channel; what follows only to those that were, or will be, told of that. */
    async enqueue(t: Kysely<Database>, notice: { incident: string; kind: string; generation: number }): Promise<void> {
      const { incident, kind, generation } = notice;
      const channels =
        kind === "opened"
          ? (await t.selectFrom("channel").select("id").where("organisation", "=", organisation).execute()).map(
              (c) => c.id,
            )
          : (
              await t
                .selectFrom("outbox")
                .innerJoin("channel", "channel.id", "outbox.channel")
                .select("outbox.channel")
                .where("incident", "=", incident)
                .where("outbox.kind", "=", "opened")
                .where("state", "in", ["waiting", "sent", "merged"])
                .execute()
            ).map((row) => row.channel);
      if (channels.length === 0) return;
      const now = clock.now();
      const { n } = await t
        .selectFrom("outbox")
        .select((e) => e.fn.countAll<number>().as("n"))
        .where("state", "=", "waiting")
        .executeTakeFirstOrThrow();
      const fits = n + channels.length <= notifyLimits.waiting;
      const usual = { incident, kind, generation, not_before: now, attempts: 0, lease_until: 0, lease_owner: null };
      const fate = fits
        ? { state: "waiting", answer: null, done_at: null }
        : { state: "dead", answer: full, done_at: now };
      await t
        .insertInto("outbox")
        .values(channels.map((channel) => ({ ...usual, ...fate, channel, created_at: now })))
        .onConflict((c) => c.doNothing())
        .execute();
    },

    /** Groups whose turn it is, oldest first. */
    async due(): Promise<Group[]> {
      const now = clock.now();
      const heads = db
        .selectFrom("outbox")
        .select((e) => e.fn.min("id").as("id"))
        .where("state", "=", "waiting")
        .groupBy(["channel", "incident"]);
      return await db
        .selectFrom("outbox")
        .select(["channel", "incident", "id as head"])
        .where("id", "in", heads)
        .where("not_before", "<=", now)
        .where(free(now))
        .orderBy("id")
        .limit(notifyLimits.roundRows)
        .execute();
    },

    /** Takes the group for a while. @returns its rows, or null when somebody else has it */
    async lease(group: Group): Promise<Row[] | null> {
      const now = clock.now();
      const got = await db
        .updateTable("outbox")
        .set({ lease_until: now + notifyLimits.leaseMs, lease_owner: owner, attempts: sql<number>`attempts + 1` })
        .where("id", "=", group.head)
        .where("state", "=", "waiting")
        .where(free(now))
        .executeTakeFirst();
      if (got.numUpdatedRows !== 1n) return null;
      const { channel, incident } = group;
      const rows = db.selectFrom("outbox").selectAll().where("channel", "=", channel).where("incident", "=", incident);
      return await rows.orderBy("id").execute();
    },

    /** It was tried: sent, or given up. Rows that came since are not settled by it. */
    async settle(
      group: Group,
      { send, covers }: Plan,
      state: "sent" | "dead" | "withdrawn",
      answer: string,
    ): Promise<void> {
      const done_at = clock.now();
      const stateOf = (row: OutboxRow) => (state === "sent" && row.id !== send?.id ? "merged" : state);
      await db.transaction().execute(async (t) => {
        for (const row of covers)
          await t
            .updateTable("outbox")
            .set({ state: stateOf(row), answer, done_at, lease_until: 0 })
            .where("id", "=", row.id)
            .execute();
        if (state !== "sent" || !send) return;
        const told = { incident: group.incident, channel: group.channel, kind: send.kind, at: done_at };
        const { kind, at } = told;
        await t
          .insertInto("told")
          .values(told)
          .onConflict((c) => c.columns(["incident", "channel"]).doUpdateSet({ kind, at }))
          .execute();
      });
    },

    /** To be tried again after `waitMs`. */
    async postpone(group: Group, waitMs: number, answer: string): Promise<void> {
      const again = { not_before: clock.now() + waitMs, lease_until: 0, answer };
      await db.updateTable("outbox").set(again).where("id", "=", group.head).execute();
    },

    /** The channel is no more: nobody is told by it. */
    async withdraw(t: Kysely<Database>, channel: string): Promise<void> {
      const gone = { state: "withdrawn", answer: "the channel was removed", done_at: clock.now() };
      await t.updateTable("outbox").set(gone).where("channel", "=", channel).where("state", "=", "waiting").execute();
    },

    /** What was done long ago is forgotten. */
    async prune(): Promise<void> {
      const before = clock.now() - notifyLimits.keptMs;
      await db.deleteFrom("outbox").where("done_at", "<", before).execute();
    },

    /** With the channel's name; null: it was removed. */
    async rowsOf(incidents: readonly string[]): Promise<(Row & { name: string | null })[]> {
      if (incidents.length === 0) return [];
      return await db
        .selectFrom("outbox")
        .leftJoin("channel", "channel.id", "outbox.channel")
        .selectAll("outbox")
        .select("channel.name")
        .where("incident", "in", incidents)
        .orderBy("outbox.id")
        .execute();
    },

    async tally(): Promise<{ waiting: number; dead: number; sent: number; oldestAt: number | null }> {
      const rows = await db
        .selectFrom("outbox")
        .select((e) => ["state", e.fn.countAll<number>().as("n"), e.fn.min("created_at").as("oldest")])
        .groupBy("state")
        .execute();
      const of = (state: string) => rows.find((row) => row.state === state);
      return {
        waiting: of("waiting")?.n ?? 0,
        dead: of("dead")?.n ?? 0,
        sent: of("sent")?.n ?? 0,
        oldestAt: of("waiting")?.oldest ?? null,
      };
    },
  };
}
export type Outbox = ReturnType<typeof createOutbox>;

/** A lease that ends later than any that is given out now was given by a clock that has jumped back since. */
const free = (now: number) => sql<boolean>`(lease_until <= ${now} OR lease_until > ${now + notifyLimits.leaseMs})`;
