import type { Clock } from "../base/clock.ts";
import { hashOf, randomSecret } from "../base/ids.ts";
import type { Records } from "../store/records/index.ts";
import { authLimits } from "./limits.ts";

/** One-time sign-in links: 15 minutes, once. Only a hash is kept. */
export interface Links {
  make(user: string): Promise<{ secret: string; expiresAt: number }>;
  /** The user, or null: unknown, used or too old. */
  use(secret: string): Promise<string | null>;
}

export function createLinks(needs: { records: Records; clock: Clock }): Links {
  const { db } = needs.records;
  return {
    async make(user) {
      const now = needs.clock.now();
      await db.deleteFrom("sign_in_link").where("expires_at", "<=", now).execute();
      const newest = db.selectFrom("sign_in_link").select("secret_hash").where("user", "=", user);
      const kept = newest.orderBy("expires_at", "desc").limit(authLimits.linksPerUser - 1);
      await db.deleteFrom("sign_in_link").where("user", "=", user).where("secret_hash", "not in", kept).execute();
      const secret = randomSecret();
      const expiresAt = now + authLimits.linkMs;
      const row = { secret_hash: hashOf(secret), user, expires_at: expiresAt, used_at: null };
      await db.insertInto("sign_in_link").values(row).execute();
      return { secret, expiresAt };
    },
    async use(secret) {
      const now = needs.clock.now();
      // One statement decides, so that of two at once only one gets in.
      const used = await db
        .updateTable("sign_in_link")
        .set({ used_at: now })
        .where("secret_hash", "=", hashOf(secret))
        .where("used_at", "is", null)
        .where("expires_at", ">", now)
        .returning("user")
        .executeTakeFirst();
      return used?.user ?? null;
    },
  };
}
