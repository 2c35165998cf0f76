import type { Kysely, Selectable } from "kysely";
import type { Log } from "../base/log.ts";
import type { Seal } from "../base/seal.ts";
import { rowsAtOnce, turn } from "../base/turn.ts";
import type { Database, Records } from "../store/records/index.ts";
import { configLimits } from "./limits.ts";
import { type Body, bodyOf, bodyText, type Item, type Source, type SourceKind, sourceOf } from "./source.ts";
import type { By } from "./write.ts";

/** One change, of however many sources. */
export interface ConfigChange {
  revision: number;
  message: string;
  by: By;
  at: number;
}

export interface ChangedItem {
  kind: SourceKind;
  id: string;
  before: Body | null;
  after: Body | null;
}

const namesAtOnce = 200;

/** What is kept of sources and their history. Secrets are sealed on the way in and opened on the way out. */
export function createSources({ db, seal, log }: { db: Records["db"]; seal: Seal; log: Log }) {
  const open = (of: { kind: string; id: string }, text: string): Body => {
    const place = { kind: of.kind as SourceKind, id: of.id };
    return bodyOf(place, text, seal, (variable) =>
      log.error("a secret does not open with this key: it counts as not set", { ...place, variable }),
    );
  };
  const rowOf = (row: Database["config_source"]): Source =>
    sourceOf({ kind: row.kind as SourceKind, id: row.id }, open(row, row.body_json), row.version, row.updated_at);

  async function write(t: Kysely<Database>, { kind, id, body }: Item, at: number): Promise<string | null> {
    const row = t.selectFrom("config_source").where("kind", "=", kind).where("id", "=", id);
    const before = await row.select(["body_json", "version"]).executeTakeFirst();
    if (body === null) await t.deleteFrom("config_source").where("kind", "=", kind).where("id", "=", id).execute();
    else {
      const next = {
        body_json: bodyText({ kind, id }, body, seal),
        version: (before?.version ?? 0) + 1,
        updated_at: at,
      };
      await t
        .insertInto("config_source")
        .values({ kind, id, ...next })
        .onConflict((on) => on.columns(["kind", "id"]).doUpdateSet(next))
        .execute();
    }
    return before?.body_json ?? null;
  }

  return {
    open,
    /** All but devices' own. */
    async load(): Promise<Source[]> {
      return (await db.selectFrom("config_source").selectAll().where("kind", "!=", "device").execute()).map(rowOf);
    },
    /** By kind and id. */
    async page(limit: number, after: { kind: string; id: string } = { kind: "", id: "" }): Promise<Source[]> {
      const rows = await db
        .selectFrom("config_source")
        .selectAll()
        .where((e) => e.or([e("kind", ">", after.kind), e.and([e("kind", "=", after.kind), e("id", ">", after.id)])]))
        .orderBy("kind")
        .orderBy("id")
        .limit(limit)
        .execute();
      return rows.map(rowOf);
    },
    /** Devices' own, of those that have one. */
    async ofDevices(devices: readonly string[]): Promise<Map<string, Source>> {
      const found = new Map<string, Source>();
      for (let i = 0; i < devices.length; i += namesAtOnce) {
        const some = devices.slice(i, i + namesAtOnce);
        const query = db.selectFrom("config_source").selectAll().where("kind", "=", "device").where("id", "in", some);
        for (const row of await query.execute()) found.set(row.id, rowOf(row));
      }
      return found;
    },
    /** Writes all items as one change. @returns its revision */
    async change(t: Kysely<Database>, items: readonly Item[], about: Omit<ConfigChange, "revision">): Promise<number> {
      const { message, by, at } = about;
      const { revision } = await t
        .insertInto("config_change")
        .values({ message, by_kind: by.kind, by: by.id, by_name: by.name, at })
        .returning("revision")
        .executeTakeFirstOrThrow();
      for (const [i, item] of items.entries()) {
        if (i % rowsAtOnce === rowsAtOnce - 1) await turn();
        const { kind, id, body } = item;
        const before_json = await write(t, item, at);
        const after_json = body === null ? null : bodyText(item, body, seal);
        await t.insertInto("config_change_item").values({ revision, kind, id, before_json, after_json }).execute();
      }
      await t
        .deleteFrom("config_change")
        .where("revision", "<=", revision - configLimits.changes)
        .execute();
      return revision;
    },
    /** Newest first. */
    async changes(limit: number, before = Number.MAX_SAFE_INTEGER): Promise<(ConfigChange & { items: number })[]> {
      const rows = await db
        .selectFrom("config_change as c")
        .selectAll("c")
        .select((e) =>
          e
            .selectFrom("config_change_item as i")
            .whereRef("i.revision", "=", "c.revision")
            .select((f) => f.fn.countAll<number>().as("n"))
            .as("items"),
        )
        .where("c.revision", "<", before)
        .orderBy("c.revision", "desc")
        .limit(limit)
        .execute();
      return rows.map((row) => ({ ...changeOf(row), items: row.items ?? 0 }));
    },
    /** Who changed something, and why. */
    async changeHead(revision: number): Promise<ConfigChange | null> {
      const row = await db.selectFrom("config_change").selectAll().where("revision", "=", revision).executeTakeFirst();
      return row ? changeOf(row) : null;
    },
    async changeOf(revision: number): Promise<(ConfigChange & { items: ChangedItem[] }) | null> {
      const row = await db.selectFrom("config_change").selectAll().where("revision", "=", revision).executeTakeFirst();
      if (!row) return null;
      const rows = await db.selectFrom("config_change_item").selectAll().where("revision", "=", revision).execute();
      const items = rows.map((one) => ({
        kind: one.kind as SourceKind,
        id: one.id,
        before: one.before_json === null ? null : open(one, one.before_json),
        after: one.after_json === null ? null : open(one, one.after_json),
      }));
      return { ...changeOf(row), items };
    },
    /** What has to be written so that everything is again as it was after that revision. */
    async backTo(revision: number): Promise<Item[]> {
      const rows = await db
        .selectFrom("config_change_item")
        .select(["kind", "id", "before_json"])
        .where("revision", ">", revision)
        .orderBy("revision", "desc")
        .execute();
      const oldest = new Map(rows.map((row) => [`${row.kind}/${row.id}`, row]));
      return [...oldest.values()].map((row) => ({
        kind: row.kind as SourceKind,
        id: row.id,
        body: row.before_json === null ? null : open(row, row.before_json),
      }));
    },
    async due(
      t: Kysely<Database>,
      devices: readonly string[],
      { revision, trialMs: trial_ms }: { revision: number; trialMs: number },
    ): Promise<void> {
      for (let i = 0; i < devices.length; i += namesAtOnce) {
        const rows = devices.slice(i, i + namesAtOnce).map((device) => ({ device, revision, trial_ms }));
        await t
          .insertInto("config_due")
          .values(rows)
          .onConflict((on) => on.column("device").doUpdateSet({ revision, trial_ms }))
          .execute();
        await turn();
      }
    },
    async dueNow(limit: number): Promise<Database["config_due"][]> {
      return await db.selectFrom("config_due").selectAll().orderBy("revision").orderBy("device").limit(limit).execute();
    },
    async dueCount(): Promise<number> {
      const row = await db
        .selectFrom("config_due")
        .select((e) => e.fn.countAll<number>().as("n"))
        .executeTakeFirstOrThrow();
      return row.n;
    },
    async done(t: Kysely<Database>, devices: readonly string[]): Promise<void> {
      if (devices.length > 0) await t.deleteFrom("config_due").where("device", "in", devices).execute();
    },
    async forget(kind: "device" | "site", id: string): Promise<void> {
      await db.deleteFrom("config_source").where("kind", "=", kind).where("id", "=", id).execute();
      if (kind === "device") await db.deleteFrom("config_due").where("device", "=", id).execute();
    },
  };
}
export type Sources = ReturnType<typeof createSources>;

const changeOf = (row: Selectable<Database["config_change"]>): ConfigChange => ({
  revision: row.revision,
  message: row.message,
  by: { kind: row.by_kind, id: row.by, name: row.by_name },
  at: row.at,
});
