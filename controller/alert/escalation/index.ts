/** Who is told of what nobody takes. One policy, one rota. */
import type { Kysely } from "kysely";
import type { Clock } from "../../base/clock.ts";
import { invalid, stale } from "../../base/errors.ts";
import { createSerial } from "../../base/serial.ts";
import type { Database, Records } from "../../store/records/index.ts";
import { onDuty } from "./rota.ts";
import type { Policy } from "./run.ts";
import { type PolicyText, policy } from "./schema.ts";

interface By {
  kind: string;
  id: string;
}

export interface EscalationView {
  policy: Policy;
  /** Whose week it is; null: there is no rota. */
  onDuty: { who: string; channels: readonly string[]; until: number } | null;
  /** Channels that it names and that are no longer there. */
  missing: string[];
  /** 0: nobody has made one. */
  version: number;
  updatedAt: number | null;
}

const changesWaiting = 100;

export async function createEscalation(needs: {
  records: Records;
  clock: Clock;
  audit: {
    write(
      db: Kysely<Database>,
      entry: { actor: By; action: string; subject: By; before?: object; after?: object },
    ): Promise<void>;
  };
}) {
  const { records, clock } = needs;
  const { db, organisation } = records;
  const serial = createSerial(changesWaiting);
  let kept = await load();

  async function load(): Promise<Pick<EscalationView, "policy" | "version" | "updatedAt">> {
    const row = await db
      .selectFrom("escalation")
      .selectAll()
      .where("organisation", "=", organisation)
      .executeTakeFirst();
    if (!row) return { policy: policy.parse({ steps: [] }), version: 0, updatedAt: null };
    return { policy: policy.parse(JSON.parse(row.policy_json)), version: row.version, updatedAt: row.updated_at };
  }

  async function missingOf(from: Kysely<Database>, { steps, rota }: Policy): Promise<string[]> {
    const named = new Set([...steps, ...(rota?.weeks ?? [])].flatMap(({ channels }) => channels));
    const there = await from.selectFrom("channel").select("id").where("removed_at", "is", null).execute();
    for (const { id } of there) named.delete(id);
    return [...named];
  }

  async function view(): Promise<EscalationView> {
    const { rota } = kept.policy;
    const duty = rota && onDuty(rota, clock.now());
    return { ...kept, onDuty: duty, missing: await missingOf(db, kept.policy) };
  }

  return {
    /** For the decision: the same one while nobody changed it; null: everybody hears everything at once. */
    policy: (): Policy | null => (kept.policy.steps.length > 0 ? kept.policy : null),
    view,
    /** @param seen version that the caller saw; another now: "stale" */
    put: (actor: By, text: PolicyText, seen: number | undefined): Promise<EscalationView> =>
      serial(async () => {
        const made = policy.parse(text);
        const before = kept;
        if (seen !== undefined && seen !== before.version) throw stale("the escalation was changed in the meantime");
        const now = clock.now();
        await db.transaction().execute(async (trx) => {
          const missing = await missingOf(trx, made);
          if (missing.length > 0)
            throw invalid(`there is no channel ${missing.join(", ")}`.slice(0, 300), [
              { path: "steps", message: "ids of channels that are there" },
            ]);
          const row = { policy_json: JSON.stringify(made), version: before.version + 1, updated_at: now };
          await trx
            .insertInto("escalation")
            .values({ organisation, ...row })
            .onConflict((c) => c.column("organisation").doUpdateSet(row))
            .execute();
          const subject = { kind: "escalation", id: organisation };
          const entry = { actor, action: "escalation.changed", subject, before: before.policy, after: made };
          await needs.audit.write(trx, entry);
        });
        kept = await load();
        return await view();
      }),
  };
}
export type Escalations = Awaited<ReturnType<typeof createEscalation>>;
