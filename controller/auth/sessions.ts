import type { Clock } from "../base/clock.ts";
import { hashOf, randomSecret } from "../base/ids.ts";
import type { Records } from "../store/records/index.ts";
import { type Actor, roleOf } from "./actor.ts";
import { authLimits } from "./limits.ts";

export interface Opened {
  /** Goes into the cookie; only its hash is kept. */
  secret: string;
  expiresAt: number;
}

export interface Sessions {
  open(user: string): Promise<Opened>;
  /** Who holds it, or null: unknown, ended, or of a disabled user. Counts as use. */
  identify(secret: string): Promise<Actor | null>;
  end(secret: string): Promise<void>;
  /** Of a user; but the one given. */
  endAll(user: string, except?: string): Promise<void>;
}

export function createSessions(needs: { records: Records; clock: Clock }): Sessions {
  const { db } = needs.records;
  const { clock } = needs;

  async function tidy(user: string): Promise<void> {
    const now = clock.now();
    await db
      .deleteFrom("session")
      .where((e) => e.or([e("expires_at", "<=", now), e("seen_at", "<=", now - authLimits.sessionIdleMs)]))
      .execute();
    const newest = db.selectFrom("session").select("secret_hash").where("user", "=", user);
    const kept = newest.orderBy("seen_at", "desc").limit(authLimits.sessionsPerUser - 1);
    await db.deleteFrom("session").where("user", "=", user).where("secret_hash", "not in", kept).execute();
  }

  return {
    async open(user) {
      await tidy(user);
      const secret = randomSecret();
      const now = clock.now();
      const expiresAt = now + authLimits.sessionMaxMs;
      const row = { secret_hash: hashOf(secret), user, created_at: now, seen_at: now, expires_at: expiresAt };
      await db.insertInto("session").values(row).execute();
      return { secret, expiresAt };
    },
    async identify(secret) {
      const hash = hashOf(secret);
      const row = await db
        .selectFrom("session")
        .innerJoin("user", "user.id", "session.user")
        .select(["user.id", "user.name", "user.role", "user.disabled", "session.seen_at", "session.expires_at"])
        .where("session.secret_hash", "=", hash)
        .executeTakeFirst();
      const now = clock.now();
      if (!row || row.disabled || row.expires_at <= now || row.seen_at + authLimits.sessionIdleMs <= now) return null;
      if (row.seen_at + authLimits.sessionTouchMs <= now)
        await db.updateTable("session").set({ seen_at: now }).where("secret_hash", "=", hash).execute();
      return { kind: "user", id: row.id, name: row.name, role: roleOf(row.role), expiresAt: row.expires_at };
    },
    async end(secret) {
      await db.deleteFrom("session").where("secret_hash", "=", hashOf(secret)).execute();
    },
    async endAll(user, except) {
      let query = db.deleteFrom("session").where("user", "=", user);
      if (except !== undefined) query = query.where("secret_hash", "!=", hashOf(except));
      await query.execute();
    },
  };
}
