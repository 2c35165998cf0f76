import type { DeviceKind } from "#wire";
import { conflict, invalid, notFound } from "../../base/errors.ts";
import { hashOf, randomId, randomSecret } from "../../base/ids.ts";
import type { Database } from "../../store/records/index.ts";
import { registryLimits } from "../limits.ts";
import type { By, Room } from "../room.ts";

type Row = Database["enrolment_token"];

export interface EnrolmentToken {
  id: string;
  /** Bound to this device: a replacement. */
  device: string | null;
  site: string | null;
  kind: DeviceKind | null;
  profile: string | null;
  uses: number;
  used: number;
  expiresAt: number;
  createdAt: number;
  createdBy: string;
}

export interface NewToken {
  device?: string | undefined;
  site?: string | undefined;
  kind?: DeviceKind | undefined;
  profile?: string | undefined;
  uses: number;
  expiresAt?: number | undefined;
}

export interface EnrolmentTokens {
  list(): Promise<EnrolmentToken[]>;
  /** @returns also `<secret>.<K>.<C>`, for this once */
  create(by: By, wish: NewToken): Promise<EnrolmentToken & { token: string }>;
  revoke(by: By, id: string): Promise<void>;
}

/** @param pins K and C of DESIGN §8 */
export function createTokens(room: Room, pins: () => { content: string; certificate: string }): EnrolmentTokens {
  const { records, serial, audit, memory, clock } = room;

  function check({ device, site, expiresAt }: NewToken): number {
    const now = clock.now();
    const end = expiresAt ?? now + registryLimits.tokenDefaultMs;
    if (device !== undefined && !memory.devices.has(device)) throw wrong("device", `there is no device "${device}"`);
    if (site !== undefined && !memory.sites.has(site)) throw wrong("site", `there is no site "${site}"`);
    if (end <= now || end > now + registryLimits.tokenMaxMs)
      throw wrong("expiresAt", "after now, at most ten years on");
    return end;
  }

  return {
    async list() {
      const live = records.db.selectFrom("enrolment_token").selectAll().where("revoked_at", "is", null);
      return (await live.orderBy("created_at", "desc").orderBy("id").execute()).map(view);
    },
    create: (by, wish) =>
      serial(async () => {
        const expiresAt = check(wish);
        const secret = randomSecret();
        const row: Row = {
          id: randomId("enrol"),
          organisation: records.organisation,
          secret_hash: hashOf(secret),
          device: wish.device ?? null,
          site: wish.site ?? null,
          kind: wish.kind ?? (wish.device === undefined ? null : (memory.devices.get(wish.device)?.kind ?? null)),
          profile: wish.profile ?? null,
          uses: wish.uses,
          used: 0,
          expires_at: expiresAt,
          created_by: by.id,
          created_at: clock.now(),
          revoked_at: null,
        };
        await records.db.transaction().execute(async (t) => {
          // Tokens long over are forgotten: a key that is known needs none, another waits for a person anyway.
          await t
            .deleteFrom("enrolment_token")
            .where("expires_at", "<", clock.now() - registryLimits.tokenMaxMs)
            .execute();
          const count = t.selectFrom("enrolment_token").select((e) => e.fn.countAll<number>().as("n"));
          const { n } = await count.where("revoked_at", "is", null).executeTakeFirstOrThrow();
          if (n >= registryLimits.enrolmentTokens)
            throw conflict(
              "limit",
              `${registryLimits.enrolmentTokens} enrolment tokens are there already: revoke some`,
            );
          await t.insertInto("enrolment_token").values(row).execute();
          const subject = { kind: "enrolment-token", id: row.id };
          await audit.write(t, { actor: by, action: "enrolment-token.created", subject, after: view(row) });
        });
        const { content, certificate } = pins();
        return { ...view(row), token: `${secret}.${content}.${certificate}` };
      }),
    revoke: (by, id) =>
      serial(async () => {
        await records.db.transaction().execute(async (t) => {
          const live = t.updateTable("enrolment_token").set({ revoked_at: clock.now() }).where("id", "=", id);
          const row = await live.where("revoked_at", "is", null).returningAll().executeTakeFirst();
          if (!row) throw notFound("enrolment token", id);
          const subject = { kind: "enrolment-token", id };
          await audit.write(t, { actor: by, action: "enrolment-token.revoked", subject, before: view(row) });
        });
      }),
  };
}

const wrong = (path: string, message: string) => invalid(message, [{ path, message }]);

const view = (row: Row): EnrolmentToken => ({
  id: row.id,
  device: row.device,
  site: row.site,
  kind: row.kind as DeviceKind | null,
  profile: row.profile,
  uses: row.uses,
  used: row.used,
  expiresAt: row.expires_at,
  createdAt: row.created_at,
  createdBy: row.created_by,
});
