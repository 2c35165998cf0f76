import { type Context, Hono } from "hono";
import { z } from "zod";
import { invalid, notFound, Problem } from "../base/errors.ts";
import { type Applied, bodies, filledBody, type SourceKind, type SourceView, sourceKinds } from "../config/index.ts";
import { about } from "./config.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { etagOf, versionSeen } from "./etag.ts";
import { body, query } from "./input.ts";
import { httpLimits } from "./limits.ts";
import type { HttpNeeds } from "./needs.ts";
import { keyCursor, pageOf, pageOfKeys, pageOfList, pageQuery } from "./pages.ts";

const anyObject = z.record(z.string(), z.unknown());
export const sourceSchema = z.object({
  kind: z.enum(sourceKinds),
  id: z.string(),
  version: z.int(),
  updatedAt: z.int(),
  /** Secrets by whether they are set. */
  body: anyObject,
});
export const appliedSchema = z.object({
  /** Of the change; null: it was so already. */
  revision: z.int().nullable(),
  /** They have a new revision now. */
  devices: z.array(z.string()),
  /** They get one in their turn. */
  due: z.int(),
  /** Devices about which something is said differently. */
  looked: z.int(),
});
const changedSchema = sourceSchema.extend({ applied: appliedSchema });
const one = { what: "What it says", schema: sourceSchema };
const changed = { what: "What it says now, and whom that changes", schema: changedSchema };
const idShape = /^[a-z0-9][a-z0-9-]{0,63}$/;

type Needs = Pick<HttpNeeds, "config">;

/** What the calls of all kinds have in common. */
function shared({ config }: Needs, kind: SourceKind) {
  const found = async (id: string): Promise<SourceView | undefined> => await config.source(kind, id);
  const versioned = (c: Context<Env>, source: SourceView): SourceView => {
    c.header("etag", etagOf(source.version));
    return source;
  };
  return {
    async get(c: Context<Env>, id: string): Promise<SourceView> {
      const source = await found(id);
      if (!source) throw notFound(kind, id);
      return versioned(c, source);
    },
    /** As it is, or as it would be if somebody had said something. */
    async orEmpty(c: Context<Env>, id: string): Promise<SourceView> {
      return versioned(c, (await found(id)) ?? { kind, id, version: 0, updatedAt: 0, body: {} });
    },
    async put(c: Context<Env>, id: string, given: Given): Promise<SourceView & { applied: Applied }> {
      const { message, trialMs, ...said } = given;
      const items = [{ kind, id, body: filledBody(said), seen: versionSeen(c) }];
      const applied = await config.change(actorOf(c), { items, message, trialMs });
      const source = await found(id);
      if (!source) throw new Problem("conflict", "gone", "somebody has removed it again");
      return { ...versioned(c, source), applied };
    },
    async remove(c: Context<Env>, id: string): Promise<void> {
      if (!(await found(id))) throw notFound(kind, id);
      await config.change(actorOf(c), { items: [{ kind, id, body: null, seen: versionSeen(c) }] });
    },
  };
}
type Given = Parameters<typeof filledBody>[0] & { message?: string | undefined; trialMs?: number | undefined };

/** /templates */
export const templates = (needs: Needs) => {
  const calls = shared(needs, "template");
  const list = { what: "Templates by id", schema: pageOf(sourceSchema) };
  return new Hono<Env>()
    .get("/", describe("configuration", "List templates", { 200: list }), query(z.strictObject(pageQuery)), (c) =>
      c.json(
        pageOfList(byId(needs.config.sources("template")), c.req.valid("query"), ({ id }) => [id]),
        200,
      ),
    )
    .get("/:id", describe("configuration", "One template", { 200: one }), async (c) =>
      c.json(await calls.get(c, c.req.param("id")), 200),
    )
    .put(
      "/:id",
      describe("configuration", "Make or change a template; devices follow at once", { 200: changed }),
      body(bodies.template.extend(about)),
      async (c) => c.json(await calls.put(c, checked(c.req.param("id")), c.req.valid("json")), 200),
    )
    .delete("/:id", describe("configuration", "Remove a template", { 204: { what: "Removed" } }), async (c) => {
      await calls.remove(c, c.req.param("id"));
      return c.body(null, 204);
    });
};

/** /groups */
export const groups = (needs: Needs) => {
  const calls = shared(needs, "group");
  const list = { what: "Groups by id", schema: pageOf(sourceSchema) };
  return new Hono<Env>()
    .get("/", describe("configuration", "List groups", { 200: list }), query(z.strictObject(pageQuery)), (c) =>
      c.json(
        pageOfList(byId(needs.config.sources("group")), c.req.valid("query"), ({ id }) => [id]),
        200,
      ),
    )
    .get("/:id", describe("configuration", "One group of devices", { 200: one }), async (c) =>
      c.json(await calls.get(c, c.req.param("id")), 200),
    )
    .put(
      "/:id",
      describe("configuration", "Make or change a group of devices", { 200: changed }),
      body(bodies.group.extend(about)),
      async (c) => c.json(await calls.put(c, checked(c.req.param("id")), c.req.valid("json")), 200),
    )
    .delete("/:id", describe("configuration", "Remove a group", { 204: { what: "Removed" } }), async (c) => {
      await calls.remove(c, c.req.param("id"));
      return c.body(null, 204);
    });
};

/** /sites/{id}/config */
export const siteConfig = (needs: Needs & Pick<HttpNeeds, "registry">) => {
  const calls = shared(needs, "site");
  const siteOf = (id: string): string => {
    if (!needs.registry.site(id)) throw notFound("site", id);
    return id;
  };
  return new Hono<Env>()
    .get("/:id/config", describe("configuration", "What a site says of its devices", { 200: one }), async (c) =>
      c.json(await calls.orEmpty(c, siteOf(c.req.param("id"))), 200),
    )
    .put(
      "/:id/config",
      describe("configuration", "Change what a site says of its devices", { 200: changed }),
      body(bodies.site.extend(about)),
      async (c) => c.json(await calls.put(c, siteOf(c.req.param("id")), c.req.valid("json")), 200),
    );
};

/** /config/organisation and /config/sources */
export const configSources = (needs: Needs) => {
  const calls = shared(needs, "organisation");
  const list = { what: "All that say something, by kind and id", schema: pageOf(sourceSchema) };
  return new Hono<Env>()
    .get("/organisation", describe("configuration", "What holds for all devices", { 200: one }), async (c) =>
      c.json(await calls.orEmpty(c, "organisation"), 200),
    )
    .put(
      "/organisation",
      describe("configuration", "Change what holds for all devices", { 200: changed }),
      body(bodies.organisation.extend(about)),
      async (c) => c.json(await calls.put(c, "organisation", c.req.valid("json")), 200),
    )
    .get(
      "/sources",
      describe("configuration", "Everything, page by page, as for a copy of it", { 200: list }),
      query(z.strictObject(pageQuery)),
      async (c) => {
        const { limit = httpLimits.pageItemsUsual, cursor } = c.req.valid("query");
        const [kind = "", id = ""] = keyCursor(cursor, 2) ?? [];
        const found = await needs.config.page(limit + 1, { kind, id });
        return c.json(
          pageOfKeys(found, limit, (source) => [source.kind, source.id]),
          200,
        );
      },
    );
};

const byId = (sources: readonly SourceView[]): SourceView[] =>
  [...sources].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));

function checked(id: string): string {
  if (!idShape.test(id)) throw invalid("this id will not do", [{ path: "id", message: "1-64 of a-z, 0-9 and -" }]);
  return id;
}
