import { type Kysely, type Selectable, sql } from "kysely";
import type { Clock } from "../base/clock.ts";
import type { Database, Records } from "../store/records/index.ts";
import { takeToken } from "./bucket.ts";
import type { Handle, Outcome } from "./channel-kind.ts";
import { deliverySchema } from "./delivery.ts";
import { notifyLimits } from "./limits.ts";
import type { OutboxRow, Plan } from "./plan.ts";

export type Row = Selectable<Database["outbox"]>;
type Db = Kysely<Database>;

/** A channel's part of an incident: sent in order, one at a time. */
export interface Group {
  channel: string;
  incident: string;
  /** The oldest row that waits. */
  head: number;
}

/** What one attempt came to, for the channel's health. */
export interface Tried {
  channel: string;
  outcome: "sent" | "retry" | "dead";
  answer: string;
}

/** What was said of one incident. */
export interface Settled {
  incident: string;
  plan: Plan;
  handle?: Handle | undefined;
}

/** The notices that are to be sent. Every row is written in the transaction of what it tells.
 *  @param needs.paced channels that never get a digest: what is too much for them waits its turn
 *  @param needs.ticket a channel has opened a ticket, in the transaction that notes it */
export function createOutbox(needs: {
  records: Records;
  clock: Clock;
  owner: string;
  paced(kind: string): boolean;
  ticket?(t: Db, made: { incident: string; channel: string; handle: Handle }): Promise<void>;
}) {
  const { clock, owner } = needs;
  const { db } = needs.records;

  return {
    /** Groups whose turn it is, oldest first. */
    async due(): Promise<Group[]> {
      const now = clock.now();
      return await db
        .selectFrom("outbox")
        .innerJoin("channel", "channel.id", "outbox.channel")
        .select(["outbox.channel", "outbox.incident", "outbox.id as head"])
        .where("outbox.id", "in", heads(db))
        .where("lane", "=", "now")
        .where("digest", "is", null)
        .where("not_before", "<=", now)
        .where(free(now))
        .where(hears(now))
        .orderBy("outbox.id")
        .limit(notifyLimits.roundRows)
        .execute();
    },

    /** Takes the group for a while. @returns its rows, or null: somebody else has it, or the channel had enough for now */
    async lease(group: Group): Promise<Row[] | null> {
      const now = clock.now();
      return await db.transaction().execute(async (t) => {
        const head = await t
          .selectFrom("outbox")
          .select("attempts")
          .where("id", "=", group.head)
          .where("state", "=", "waiting")
          .where("lane", "=", "now")
          .where("digest", "is", null)
          .where(free(now))
          .executeTakeFirst();
        if (!head || !(await mayGo(t, group, now))) return null;
        const taken = { lease_until: now + notifyLimits.leaseMs, lease_owner: owner, attempts: head.attempts + 1 };
        await t.updateTable("outbox").set(taken).where("id", "=", group.head).execute();
        return await rowsOfGroup(t, group);
      });
    },

    /** What was told, given up or not needed: one incident, or all of a digest. Rows that came since are not settled. */
    async settle(
      channel: string,
      parts: readonly Settled[],
      state: "sent" | "dead" | "withdrawn",
      answer: string,
      digest: string | null = null,
    ): Promise<void> {
      await db.transaction().execute(async (t) => {
        for (const part of parts) await settleOne(t, channel, part, state, answer);
        if (digest !== null) await t.deleteFrom("notice_digest").where("id", "=", digest).execute();
        if (state !== "withdrawn") await noteTried(t, { channel, outcome: state, answer }, clock.now());
      });
    },

    /** To be tried again after `waitMs`. */
    async postpone(group: Group, waitMs: number, answer: string): Promise<void> {
      const again = { not_before: clock.now() + waitMs, lease_until: 0, answer };
      await db.transaction().execute(async (t) => {
        await t.updateTable("outbox").set(again).where("id", "=", group.head).execute();
        await noteTried(t, { channel: group.channel, outcome: "retry", answer }, clock.now());
      });
    },

    /** What came of an attempt beside the outbox. */
    tried: (tried: Tried): Promise<void> => noteTried(db, tried, clock.now()),

    /** The channel is no more: nobody is told by it. */
    async withdraw(t: Db, channel: string): Promise<void> {
      const gone = { state: "withdrawn", answer: "the channel was removed", done_at: clock.now() };
      await t.updateTable("outbox").set(gone).where("channel", "=", channel).where("state", "=", "waiting").execute();
      await t.deleteFrom("notice_digest").where("channel", "=", channel).execute();
    },

    /** What was done long ago is forgotten. */
    async prune(): Promise<void> {
      const before = clock.now() - notifyLimits.keptMs;
      await db.deleteFrom("outbox").where("done_at", "<", before).execute();
    },

    /** What this channel answered when it was told of the incident last. */
    async handleOf(channel: string, incident: string): Promise<Handle | null> {
      const row = await db
        .selectFrom("told")
        .select("handle_json")
        .where("incident", "=", incident)
        .where("channel", "=", channel)
        .executeTakeFirst();
      return row?.handle_json ? JSON.parse(row.handle_json) : null;
    },

    /** With the channel's name (null: it was removed) and what it answered. */
    async rowsOf(incidents: readonly string[]) {
      if (incidents.length === 0) return [];
      return await db
        .selectFrom("outbox")
        .leftJoin("channel", "channel.id", "outbox.channel")
        .leftJoin("told", (j) =>
          j.onRef("told.incident", "=", "outbox.incident").onRef("told.channel", "=", "outbox.channel"),
        )
        .selectAll("outbox")
        .select(["channel.name", "channel.muted_until", "told.handle_json"])
        .where("outbox.incident", "in", incidents)
        .orderBy("outbox.id")
        .execute();
    },

    async tally(): Promise<{ waiting: number; dead: number; sent: number; oldestAt: number | null }> {
      const rows = await db
        .selectFrom("outbox")
        .select((e) => ["state", e.fn.countAll<number>().as("n"), e.fn.min("ready_at").as("oldest")])
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

  /** Takes a message's place, or puts the group to what is told together. */
  async function mayGo(t: Db, { channel: id, incident, head }: Group, now: number): Promise<boolean> {
    const channel = await t.selectFrom("channel").selectAll().where("id", "=", id).executeTakeFirst();
    if (!channel) return false;
    const gathering = needs.paced(channel.kind)
      ? undefined
      : await t
          .selectFrom("outbox")
          .select("not_before")
          .where("channel", "=", id)
          .where("state", "=", "waiting")
          .where("lane", "=", "overflow")
          .where("digest", "is", null)
          .executeTakeFirst();
    const waitMs = gathering ? 0 : await takePlace(t, channel, now);
    if (waitMs === null) return true;
    const later = needs.paced(channel.kind)
      ? { not_before: now + waitMs }
      : { lane: "overflow", not_before: gathering?.not_before ?? now + notifyLimits.overflowMs };
    await t
      .updateTable("outbox")
      .set(later)
      .where("channel", "=", id)
      .where("incident", "=", incident)
      .where("id", needs.paced(channel.kind) ? "=" : ">=", head)
      .where("state", "=", "waiting")
      .where("digest", "is", null)
      .execute();
    return false;
  }

  async function settleOne(t: Db, channel: string, part: Settled, state: string, answer: string): Promise<void> {
    const { incident, handle } = part;
    const { send, covers } = part.plan;
    const done_at = clock.now();
    const stateOf = (row: OutboxRow) =>
      send === null ? "withdrawn" : state === "sent" && row.id !== send.id ? "merged" : state;
    for (const row of covers)
      await t
        .updateTable("outbox")
        .set({ state: stateOf(row), answer, done_at, lease_until: 0 })
        .where("id", "=", row.id)
        .execute();
    if (state !== "sent" || !send) return;
    const json = handle === undefined ? null : JSON.stringify(handle);
    const handle_json = json !== null && json.length <= notifyLimits.handleChars ? json : null;
    const told = { incident, channel, kind: send.kind, at: done_at, handle_json };
    await t
      .insertInto("told")
      .values(told)
      .onConflict((c) =>
        c.columns(["incident", "channel"]).doUpdateSet({
          kind: told.kind,
          at: told.at,
          ...(handle_json === null ? {} : { handle_json }),
        }),
      )
      .execute();
    if (handle?.["reference"]) await needs.ticket?.(t, { incident, channel, handle });
  }
}

/** Takes the place of one message; every attempt does, so that a receiver that comes back is not flooded.
 *  @returns null: it has one; else how long until there is one */
export async function takePlace(t: Db, channel: Selectable<Database["channel"]>, now: number): Promise<number | null> {
  const rate = deliverySchema.parse(JSON.parse(channel.delivery_json));
  const { taken, bucket, waitMs } = takeToken({ tokens: channel.tokens, at: channel.tokens_at }, rate, now);
  if (!taken) return waitMs;
  await t
    .updateTable("channel")
    .set({ tokens: bucket.tokens, tokens_at: bucket.at })
    .where("id", "=", channel.id)
    .execute();
  return null;
}

export type Outbox = ReturnType<typeof createOutbox>;

/** The oldest waiting row of every channel and incident. */
export const heads = (db: Db) =>
  db
    .selectFrom("outbox")
    .select((e) => e.fn.min("outbox.id").as("id"))
    .where("state", "=", "waiting")
    .groupBy(["channel", "incident"]);

export const rowsOfGroup = (t: Db, { channel, incident }: Pick<Group, "channel" | "incident">): Promise<Row[]> =>
  t
    .selectFrom("outbox")
    .selectAll()
    .where("channel", "=", channel)
    .where("incident", "=", incident)
    .orderBy("id")
    .execute();

/** Not muted and not removed. */
export const hears = (now: number) =>
  sql<boolean>`(channel.removed_at IS NULL AND (channel.muted_until IS NULL OR channel.muted_until <= ${now}))`;

/** A lease that ends later than any that is given out now was given by a clock that has jumped back since. */
export const free = (now: number) =>
  sql<boolean>`(lease_until <= ${now} OR lease_until > ${now + notifyLimits.leaseMs})`;

async function noteTried(t: Db, { channel, outcome, answer }: Tried, now: number): Promise<void> {
  const good = outcome === "sent";
  await t
    .updateTable("channel")
    .set({
      last_answer: answer,
      last_answer_at: now,
      ...(good ? { failures: 0, last_success_at: now } : { failures: sql<number>`failures + 1` }),
    })
    .where("id", "=", channel)
    .execute();
}

export const triedOf = (channel: string, { outcome, answer }: Outcome): Tried => ({
  channel,
  outcome: outcome === "refused" ? "dead" : outcome,
  answer,
});
