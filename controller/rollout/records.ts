import type { Kysely } from "kysely";
import type { ConfigDocument } from "../../firmware-configs/index.ts";
import { rowsAtOnce, turn } from "../base/turn.ts";
import type { Database, Records } from "../store/records/index.ts";
import { rolloutLimits } from "./limits.ts";
import type { Line, Rollout, Touched } from "./state.ts";

/** A rollout and its devices in their order. */
export interface Whole {
  rollout: Rollout;
  devices: Map<string, Touched>;
}

export type RolloutRecords = ReturnType<typeof createRolloutRecords>;

export function createRolloutRecords({ db, organisation }: Pick<Records, "db" | "organisation">) {
  async function devicesOf(rollout: string): Promise<Map<string, Touched>> {
    const rows = await db
      .selectFrom("rollout_device")
      .select(["device", "row_json"])
      .where("rollout", "=", rollout)
      .orderBy("place")
      .execute();
    return new Map(rows.map((row) => [row.device, JSON.parse(row.row_json) as Touched]));
  }

  return {
    /** Those that are not over. */
    async open(): Promise<Whole[]> {
      const rows = await db
        .selectFrom("rollout")
        .selectAll()
        .where("organisation", "=", organisation)
        .where("status", "not in", ["done", "aborted"])
        .orderBy("created_at")
        .execute();
      return Promise.all(rows.map(async (row) => ({ rollout: headOf(row), devices: await devicesOf(row.id) })));
    },
    /** Newest first. */
    async list(): Promise<Rollout[]> {
      const rows = await db
        .selectFrom("rollout")
        .selectAll()
        .where("organisation", "=", organisation)
        .orderBy("created_at", "desc")
        .limit(rolloutLimits.kept)
        .execute();
      return rows.map(headOf);
    },
    async whole(id: string): Promise<Whole | null> {
      const row = await db
        .selectFrom("rollout")
        .selectAll()
        .where("organisation", "=", organisation)
        .where("id", "=", id)
        .executeTakeFirst();
      return row ? { rollout: headOf(row), devices: await devicesOf(id) } : null;
    },
    /** Newest first. */
    log: (id: string, limit: number): Promise<Line[]> =>
      db
        .selectFrom("rollout_log")
        .select(["at", "device", "text"])
        .where("rollout", "=", id)
        .orderBy("id", "desc")
        .limit(limit)
        .execute(),
    async document(id: string, device: string): Promise<ConfigDocument | null> {
      const row = await db
        .selectFrom("rollout_device")
        .select("document_json")
        .where("rollout", "=", id)
        .where("device", "=", device)
        .executeTakeFirst();
      return row ? (JSON.parse(row.document_json) as ConfigDocument) : null;
    },
    /** In the transaction of whoever makes it; the oldest that are over go. */
    async insert(t: Kysely<Database>, whole: Whole, documentOf: (device: string) => ConfigDocument): Promise<void> {
      const { rollout, devices } = whole;
      const { id, status, createdAt } = rollout;
      const head = { id, organisation, status, head_json: JSON.stringify(rollout), created_at: createdAt };
      await t.insertInto("rollout").values(head).execute();
      for (const [place, one] of [...devices.values()].entries()) {
        if (place % rowsAtOnce === rowsAtOnce - 1) await turn();
        const document_json = JSON.stringify(documentOf(one.id));
        const { id: device, phase } = one;
        const row = { rollout: id, device, place, phase, row_json: JSON.stringify(one), document_json };
        await t.insertInto("rollout_device").values(row).execute();
      }
      const kept = t.selectFrom("rollout").select("id").orderBy("created_at", "desc").limit(rolloutLimits.kept);
      await t.deleteFrom("rollout").where("status", "in", ["done", "aborted"]).where("id", "not in", kept).execute();
    },
    note: async (t: Kysely<Database>, rollout: string, line: Line): Promise<void> =>
      void (await t
        .insertInto("rollout_log")
        .values({ rollout, ...line })
        .execute()),
    /** What a step changed, all of it or nothing. */
    async save(rollout: Rollout, changed: readonly Touched[], log: readonly Line[]): Promise<void> {
      const { id, status } = rollout;
      await db.transaction().execute(async (t) => {
        const head_json = JSON.stringify(rollout);
        await t.updateTable("rollout").set({ status, head_json }).where("id", "=", id).execute();
        for (const [i, one] of changed.entries()) {
          if (i % rowsAtOnce === rowsAtOnce - 1) await turn();
          await t
            .updateTable("rollout_device")
            .set({ phase: one.phase, row_json: JSON.stringify(one) })
            .where("rollout", "=", id)
            .where("device", "=", one.id)
            .execute();
        }
        for (const line of log)
          await t
            .insertInto("rollout_log")
            .values({ rollout: id, ...line })
            .execute();
        if (log.length > 0) await shorten(t, id);
      });
    },
  };
}

async function shorten(t: Kysely<Database>, rollout: string): Promise<void> {
  const oldest = await t
    .selectFrom("rollout_log")
    .select("id")
    .where("rollout", "=", rollout)
    .orderBy("id", "desc")
    .offset(rolloutLimits.logLines)
    .limit(1)
    .executeTakeFirst();
  if (oldest) await t.deleteFrom("rollout_log").where("rollout", "=", rollout).where("id", "<=", oldest.id).execute();
}

const headOf = (row: { head_json: string }): Rollout => JSON.parse(row.head_json) as Rollout;
