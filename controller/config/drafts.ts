import type { Clock } from "../base/clock.ts";
import { conflict, notFound, stale } from "../base/errors.ts";
import { randomId } from "../base/ids.ts";
import type { Seal } from "../base/seal.ts";
import type { Database, Records } from "../store/records/index.ts";
import { configLimits } from "./limits.ts";
import { bodyText, type Item, keyOfSource, type Source, type SourceKind, withKept } from "./source.ts";
import type { Sources } from "./sources.ts";
import type { By } from "./write.ts";

/** Changes that are edited together, and applied as one. */
export interface Draft {
  id: string;
  name: string;
  message: string;
  by: string;
  /** Goes up with every edit. */
  version: number;
  createdAt: number;
  updatedAt: number;
}

export interface DraftEdit {
  name?: string | undefined;
  message?: string | undefined;
  put?: readonly Item[] | undefined;
  drop?: readonly { kind: SourceKind; id: string }[] | undefined;
}

export interface DraftNeeds {
  clock: Clock;
  db: Records["db"];
  seal: Seal;
  sources: Sources;
  /** As it is now. */
  current(items: readonly Item[]): Promise<ReadonlyMap<string, Source>>;
}

/** Drafts are kept, so that two people can work on one, and a restart loses none. */
export function createDrafts(needs: DraftNeeds) {
  const { clock, db, seal, sources } = needs;

  async function row(id: string) {
    const found = await db.selectFrom("config_draft").selectAll().where("id", "=", id).executeTakeFirst();
    if (!found) throw notFound("draft", id);
    return found;
  }
  async function items(draft: string): Promise<Item[]> {
    const rows = await db.selectFrom("config_draft_item").selectAll().where("draft", "=", draft).execute();
    return rows.map((one) => ({
      kind: one.kind as SourceKind,
      id: one.id,
      seen: one.seen,
      body: one.body_json === null ? null : sources.open(one, one.body_json),
    }));
  }
  async function bytesOf(draft: string): Promise<number> {
    const found = await db
      .selectFrom("config_draft_item")
      .select((e) => e.fn.sum<number | null>(e.fn<number>("length", ["body_json"])).as("bytes"))
      .where("draft", "=", draft)
      .executeTakeFirst();
    return found?.bytes ?? 0;
  }

  async function put(draft: string, given: readonly Item[]): Promise<void> {
    const before = await needs.current(given);
    const known = new Map((await items(draft)).map((item) => [keyOfSource(item), item]));
    const rows = given.map((item) => {
      const now = before.get(keyOfSource(item));
      const inDraft = known.get(keyOfSource(item));
      const { kind, id } = item;
      // A secret of an earlier edit is kept as one that holds already is.
      const was = inDraft?.body ?? now;
      const body_json = item.body === null ? null : bodyText(item, withKept(item.body, was), seal);
      return { draft, kind, id, seen: item.seen ?? inDraft?.seen ?? now?.version ?? 0, body_json };
    });
    for (const one of rows)
      await db
        .insertInto("config_draft_item")
        .values(one)
        .onConflict((on) =>
          on.columns(["draft", "kind", "id"]).doUpdateSet({ body_json: one.body_json, seen: one.seen }),
        )
        .execute();
  }

  const drafts = {
    async list(): Promise<Draft[]> {
      const rows = await db.selectFrom("config_draft").selectAll().orderBy("updated_at", "desc").execute();
      return rows.map(draftOf);
    },
    async of(id: string): Promise<Draft & { items: Item[] }> {
      return { ...draftOf(await row(id)), items: await items(id) };
    },
    async create(by: By, { name }: { name: string }): Promise<Draft & { items: Item[] }> {
      const there = await drafts.list();
      if (there.length >= configLimits.drafts)
        throw conflict("limit", `${configLimits.drafts} drafts are there already`);
      const now = clock.now();
      const id = randomId("draft");
      const fresh = { id, name, message: "", version: 1, by_name: by.name, created_at: now, updated_at: now };
      await db.insertInto("config_draft").values(fresh).execute();
      return await drafts.of(id);
    },
    /** Call within `serial`. @param seen the version that the caller saw */
    async edit(id: string, edit: DraftEdit, seen?: number): Promise<Draft & { items: Item[] }> {
      const before = await row(id);
      if (seen !== undefined && seen !== before.version) throw stale("this draft was changed in the meantime");
      const bytes = (await bytesOf(id)) + JSON.stringify(edit.put ?? []).length;
      if (bytes > configLimits.draftBytes)
        throw conflict("limit", `a draft may have at most ${configLimits.draftBytes} bytes`);
      for (const { kind, id: source } of edit.drop ?? [])
        await db
          .deleteFrom("config_draft_item")
          .where("draft", "=", id)
          .where("kind", "=", kind)
          .where("id", "=", source)
          .execute();
      await put(id, edit.put ?? []);
      await db
        .updateTable("config_draft")
        .set({
          version: before.version + 1,
          updated_at: clock.now(),
          ...(edit.name === undefined ? {} : { name: edit.name }),
          ...(edit.message === undefined ? {} : { message: edit.message }),
        })
        .where("id", "=", id)
        .execute();
      return await drafts.of(id);
    },
    async remove(id: string, t: Records["db"] = db): Promise<void> {
      if (t === db) await row(id);
      await t.deleteFrom("config_draft").where("id", "=", id).execute();
    },
  };
  return drafts;
}
export type Drafts = ReturnType<typeof createDrafts>;

const draftOf = (row: Database["config_draft"]): Draft => ({
  id: row.id,
  name: row.name,
  message: row.message,
  by: row.by_name,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
