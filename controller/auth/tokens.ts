import type { Clock } from "../base/clock.ts";
import { conflict, invalid, notFound } from "../base/errors.ts";
import { hashOf, randomId, randomSecret } from "../base/ids.ts";
import type { Records } from "../store/records/index.ts";
import { type Actor, type Role, roleOf } from "./actor.ts";
import type { Audit } from "./audit.ts";
import { authLimits } from "./limits.ts";

export interface ApiToken {
  id: string;
  name: string;
  role: Role;
  createdBy: string;
  createdAt: number;
  expiresAt: number | null;
  usedAt: number | null;
}

export interface Tokens {
  list(): Promise<ApiToken[]>;
  /** @returns also the secret, for this once */
  create(
    by: Actor,
    wish: { name: string; role: Role; expiresAt: number | null },
  ): Promise<ApiToken & { secret: string }>;
  revoke(by: Actor, id: string): Promise<void>;
  /** Who holds it, or null: unknown or expired. */
  identify(secret: string): Promise<Actor | null>;
}

/** Lets people and scanners recognise one that leaked. */
const prefix = "lamplighter_";

export function createTokens(needs: { records: Records; clock: Clock; audit: Audit }): Tokens {
  const { db, organisation } = needs.records;
  const { clock, audit } = needs;
  return {
    async list() {
      const rows = await db.selectFrom("api_token").selectAll().orderBy("created_at").execute();
      return rows.map(view);
    },
    async create(by, wish) {
      const now = clock.now();
      const { expiresAt } = wish;
      if (expiresAt !== null && (expiresAt <= now || expiresAt > now + authLimits.tokenMaxMs))
        throw invalid("the token's end will not do", [
          { path: "expiresAt", message: "after now, at most ten years on" },
        ]);
      const secret = `${prefix}${randomSecret()}`;
      const row = {
        id: randomId("token"),
        organisation,
        name: wish.name,
        role: wish.role,
        secret_hash: hashOf(secret),
        created_by: by.id,
        created_at: now,
        expires_at: expiresAt,
        used_at: null,
      };
      await db.transaction().execute(async (t) => {
        const { n } = await t
          .selectFrom("api_token")
          .select((e) => e.fn.countAll<number>().as("n"))
          .executeTakeFirstOrThrow();
        if (n >= authLimits.tokens)
          throw conflict("limit", `there are ${authLimits.tokens} tokens already: revoke some`);
        await t.insertInto("api_token").values(row).execute();
        const subject = { kind: "token", id: row.id };
        await audit.write(t, { actor: by, action: "token.created", subject, after: view(row) });
      });
      return { ...view(row), secret };
    },
    async revoke(by, id) {
      await db.transaction().execute(async (t) => {
        const row = await t.deleteFrom("api_token").where("id", "=", id).returningAll().executeTakeFirst();
        if (!row) throw notFound("token", id);
        await audit.write(t, { actor: by, action: "token.revoked", subject: { kind: "token", id }, before: view(row) });
      });
    },
    async identify(secret) {
      if (!secret.startsWith(prefix)) return null;
      const query = db.selectFrom("api_token").selectAll().where("secret_hash", "=", hashOf(secret));
      const row = await query.executeTakeFirst();
      const now = clock.now();
      if (!row || (row.expires_at !== null && row.expires_at <= now)) return null;
      if (row.used_at === null || row.used_at + authLimits.sessionTouchMs <= now)
        await db.updateTable("api_token").set({ used_at: now }).where("id", "=", row.id).execute();
      return { kind: "token", id: row.id, name: row.name, role: roleOf(row.role), expiresAt: row.expires_at };
    },
  };
}

interface Row {
  id: string;
  name: string;
  role: string;
  created_by: string;
  created_at: number;
  expires_at: number | null;
  used_at: number | null;
}

const view = (row: Row): ApiToken => ({
  id: row.id,
  name: row.name,
  role: roleOf(row.role),
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  usedAt: row.used_at,
});
