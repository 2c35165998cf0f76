import type { Clock } from "../base/clock.ts";
import { conflict } from "../base/errors.ts";
import type { Records } from "../store/records/index.ts";

export const answerLimits = {
  keptMs: 24 * 60 * 60_000,
  rows: 10_000,
  bodyBytes: 64 * 1024,
  /** A call that has not ended by then died with its process. */
  runningMs: 60_000,
} as const;

export interface Answer {
  status: number;
  /** null: it held a secret that is shown once, or was too long to keep. */
  body: string | null;
}

/** What calls with an idempotency key were answered, so that a repeat does nothing twice. */
export interface Answers {
  /** The answer of an earlier call with this key, or null: go on, then `keep` or `release`. Throws
   *  "idempotency-mismatch" for another request, "idempotency-running" while the first runs. */
  claim(call: { actor: string; key: string; requestHash: string }): Promise<Answer | null>;
  keep(call: { actor: string; key: string }, answer: Answer): Promise<void>;
  release(call: { actor: string; key: string }): Promise<void>;
}

export function createAnswers(needs: { records: Records; clock: Clock }): Answers {
  const { db } = needs.records;
  const { clock } = needs;

  async function tidy(): Promise<void> {
    await db
      .deleteFrom("idempotency")
      .where("at", "<", clock.now() - answerLimits.keptMs)
      .execute();
    const newest = db
      .selectFrom("idempotency")
      .select("at")
      .orderBy("at", "desc")
      .offset(answerLimits.rows - 1)
      .limit(1);
    await db.deleteFrom("idempotency").where("at", "<=", newest).execute();
  }

  return {
    async claim({ actor, key, requestHash }) {
      await tidy();
      const now = clock.now();
      await db
        .deleteFrom("idempotency")
        .where("actor", "=", actor)
        .where("key", "=", key)
        .where("status", "is", null)
        .where("at", "<", now - answerLimits.runningMs)
        .execute();
      const row = { actor, key, request_hash: requestHash, status: null, body: null, at: now };
      const insert = db
        .insertInto("idempotency")
        .values(row)
        .onConflict((c) => c.doNothing());
      if ((await insert.executeTakeFirst()).numInsertedOrUpdatedRows === 1n) return null;
      const known = db.selectFrom("idempotency").selectAll().where("actor", "=", actor).where("key", "=", key);
      const before = await known.executeTakeFirst();
      if (!before || before.status === null)
        throw conflict("idempotency-running", "the first call with this idempotency key still runs");
      if (before.request_hash !== requestHash)
        throw conflict("idempotency-mismatch", "this idempotency key was used for another request");
      return { status: before.status, body: before.body };
    },
    async keep({ actor, key }, { status, body }) {
      const kept = body !== null && Buffer.byteLength(body) <= answerLimits.bodyBytes ? body : null;
      const change = db.updateTable("idempotency").set({ status, body: kept });
      await change.where("actor", "=", actor).where("key", "=", key).execute();
    },
    async release({ actor, key }) {
      await db.deleteFrom("idempotency").where("actor", "=", actor).where("key", "=", key).execute();
    },
  };
}
