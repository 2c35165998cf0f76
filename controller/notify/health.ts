import type { Clock } from "../base/clock.ts";
import type { Records } from "../store/records/index.ts";
import { deliveryOf } from "./channel.ts";

/** Whether a channel works, and what lies with it. */
export interface ChannelHealth {
  lastSuccessAt: number | null;
  /** Attempts in a row that went wrong. */
  failures: number;
  /** The receiver's words of the last attempt, test or notice. */
  lastAnswer: string | null;
  lastAnswerAt: number | null;
  /** Notices on the way, and those of them that wait for a digest. */
  waiting: number;
  held: number;
  /** When the next of the held go out. */
  heldUntil: number | null;
  /** Given up; kept for 90 days. */
  dead: number;
  /** Why it does not work; null: it does, or was never used. */
  problem: string | null;
  /** Open incidents that began before this channel was there: it hears nothing of them. */
  missed: number;
  /** Of the channel that hears it instead; null: nobody does. */
  fallback: string | null;
}

export function createHealth(needs: { records: Records; clock: Clock }) {
  const { db } = needs.records;
  return async (ids: readonly string[]): Promise<Map<string, ChannelHealth>> => {
    if (ids.length === 0) return new Map();
    const rows = await db.selectFrom("channel").selectAll().where("id", "in", ids).execute();
    const counts = await db
      .selectFrom("outbox")
      .select((e) => ["channel", "state", "lane", e.fn.countAll<number>().as("n"), e.fn.min("not_before").as("first")])
      .where("channel", "in", ids)
      .where("state", "in", ["waiting", "dead"])
      .groupBy(["channel", "state", "lane"])
      .execute();
    const open = await db
      .selectFrom("incident")
      .select("opened_at")
      .where("state", "=", "open")
      .where("told_at", "is not", null)
      .execute();
    const names = new Map(
      (await db.selectFrom("channel").select(["id", "name"]).where("removed_at", "is", null).execute()).map((one) => [
        one.id,
        one.name,
      ]),
    );
    return new Map(
      rows.map((row): [string, ChannelHealth] => {
        const mine = counts.filter(({ channel }) => channel === row.id);
        const sum = (state: string, isHeld?: boolean) =>
          mine
            .filter((one) => one.state === state && (isHeld === undefined || (one.lane !== "now") === isHeld))
            .reduce((all, { n }) => all + n, 0);
        const heldUntil = mine.filter(({ state, lane }) => state === "waiting" && lane !== "now");
        return [
          row.id,
          {
            lastSuccessAt: row.last_success_at,
            failures: row.failures,
            lastAnswer: row.last_answer,
            lastAnswerAt: row.last_answer_at,
            waiting: sum("waiting"),
            held: sum("waiting", true),
            heldUntil: heldUntil.length > 0 ? Math.min(...heldUntil.map(({ first }) => first)) : null,
            dead: sum("dead"),
            problem: row.failures > 0 ? row.last_answer : null,
            missed: open.filter(({ opened_at }) => opened_at < row.created_at).length,
            fallback: names.get(deliveryOf(row).fallback ?? "") ?? null,
          },
        ];
      }),
    );
  };
}
