import { type Context, Hono } from "hono";
import { z } from "zod";
import { notFound } from "../base/errors.ts";
import { type Draft, type Item, itemOf, items, sourceKinds } from "../config/index.ts";
import { about } from "./config.ts";
import { appliedSchema } from "./config-sources.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { etagOf, versionSeen } from "./etag.ts";
import { body, name, query } from "./input.ts";
import { httpLimits } from "./limits.ts";
import type { HttpNeeds } from "./needs.ts";
import { keyCursor, pageOf, pageOfKeys, pageQuery } from "./pages.ts";

type Needs = Pick<HttpNeeds, "config">;
const anyObject = z.record(z.string(), z.unknown());
const who = z.object({ kind: z.string(), id: z.string(), name: z.string() });
const head = { revision: z.int(), message: z.string(), by: who, at: z.int() };
const changeRow = z.object({ ...head, items: z.int() });
const changedItem = z.object({
  kind: z.enum(sourceKinds),
  id: z.string(),
  before: anyObject.nullable(),
  after: anyObject.nullable(),
});
const changeSchema = z.object({ ...head, items: z.array(changedItem) });
const draftHead = {
  id: z.string(),
  name: z.string(),
  message: z.string(),
  by: z.string(),
  version: z.int(),
  createdAt: z.int(),
  updatedAt: z.int(),
};
const draftItem = z.object({
  kind: z.enum(sourceKinds),
  id: z.string(),
  /** The version that it changes; 0: there is none. */
  seen: z.int(),
  /** null: it is taken away. */
  body: anyObject.nullable(),
});
const draftSchema = z.object({ ...draftHead, items: z.array(draftItem) });
const applied = { what: "Whom it changes", schema: appliedSchema };
/** Of a preview: refused when any of it was changed since. */
const seen = z.string().max(64).optional();
const apply = z.strictObject({ ...about, seen });

/** /config/changes: what was changed together, and the way back. */
export const configChanges = ({ config }: Needs) =>
  new Hono<Env>()
    .get(
      "/",
      describe("configuration", "What was changed, by whom, and why", {
        200: { what: "Newest first", schema: pageOf(changeRow) },
      }),
      query(z.strictObject(pageQuery)),
      async (c) => {
        const { limit = httpLimits.pageItemsUsual, cursor } = c.req.valid("query");
        const [before] = keyCursor(cursor, 1) ?? [];
        const found = await config.changes(limit + 1, before === undefined ? undefined : numberOf(before));
        return c.json(
          pageOfKeys(found, limit, ({ revision }) => [String(revision)]),
          200,
        );
      },
    )
    .get(
      "/:revision",
      describe("configuration", "One change, with before and after", { 200: { what: "It", schema: changeSchema } }),
      async (c) => c.json(await config.changeOf(numberOf(c.req.param("revision"))), 200),
    )
    .post(
      "/:revision/restore",
      describe("configuration", "Go back to how everything was after it, as a new change", { 200: applied }),
      body(apply),
      async (c) => {
        const revision = numberOf(c.req.param("revision"));
        return c.json(await config.goBack(actorOf(c), revision, c.req.valid("json")), 200);
      },
    );

/** /config/drafts: changes that are edited together and applied as one. */
export const configDrafts = ({ config }: Needs) => {
  const view = (c: Context<Env>, draft: Draft & { items: Item[] }) => {
    c.header("etag", etagOf(draft.version));
    return { ...draft, items: draft.items.map((item) => ({ ...config.shown(item), seen: item.seen ?? 0 })) };
  };
  const one = { what: "The draft", schema: draftSchema };
  return new Hono<Env>()
    .get(
      "/",
      describe("configuration", "List drafts", {
        200: { what: "Last edited first", schema: z.object({ items: z.array(z.object(draftHead)) }) },
      }),
      async (c) => c.json({ items: await config.drafts.list() }, 200),
    )
    .post(
      "/",
      describe("configuration", "Begin a draft", { 201: one }),
      body(z.strictObject({ name: name() })),
      async (c) => c.json(view(c, await config.drafts.create(actorOf(c), c.req.valid("json"))), 201),
    )
    .get("/:id", describe("configuration", "One draft", { 200: one }), async (c) =>
      c.json(view(c, await config.drafts.of(c.req.param("id"))), 200),
    )
    .patch(
      "/:id",
      describe("configuration", "Edit a draft", { 200: one }),
      body(
        z.strictObject({
          name: name().optional(),
          message: about.message,
          put: items.optional(),
          drop: z
            .array(z.strictObject({ kind: z.enum(sourceKinds), id: z.string().max(64) }))
            .max(500)
            .optional(),
        }),
      ),
      async (c) => {
        const { put, ...edit } = c.req.valid("json");
        const wish = { ...edit, put: put?.map(itemOf) };
        return c.json(view(c, await config.drafts.edit(c.req.param("id"), wish, versionSeen(c))), 200);
      },
    )
    .delete("/:id", describe("configuration", "Throw a draft away", { 204: { what: "Removed" } }), async (c) => {
      await config.drafts.remove(c.req.param("id"));
      return c.body(null, 204);
    })
    .post(
      "/:id/apply",
      describe("configuration", "Apply all of a draft as one change; devices follow", { 200: applied }),
      body(apply),
      async (c) => c.json(await config.applyDraft(actorOf(c), c.req.param("id"), c.req.valid("json")), 200),
    );
};

function numberOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw notFound("change", text);
  return Number(text);
}
