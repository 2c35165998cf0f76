import { Hono } from "hono";
import { z } from "zod";
import { type ApiToken, roles } from "../auth/index.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { body, instant, name, query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfList, pageQuery } from "./pages.ts";

const newToken = z.strictObject({ name: name(64), role: z.enum(roles), expiresAt: instant.nullable().optional() });
const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  createdBy: z.string(),
  createdAt: z.int(),
  expiresAt: z.int().nullable(),
  usedAt: z.int().nullable(),
});
const view = (token: ApiToken): z.infer<typeof tokenSchema> => token;
const key = ({ createdAt, id }: ApiToken): string[] => [String(createdAt).padStart(16, "0"), id];

/** /tokens: for programs. The secret is shown once. */
export const tokens = ({ auth }: Pick<HttpNeeds, "auth">) =>
  new Hono<Env>()
    .get(
      "/",
      describe("people", "List API tokens", { 200: { what: "Oldest first", schema: pageOf(tokenSchema) } }),
      query(z.strictObject(pageQuery)),
      async (c) => {
        const page = pageOfList(await auth.tokens.list(), c.req.valid("query"), key);
        return c.json({ items: page.items.map(view), next: page.next }, 200);
      },
    )
    .post(
      "/",
      describe("people", "Make an API token", {
        201: { what: "The token, shown once", schema: tokenSchema.extend({ secret: z.string() }) },
      }),
      body(newToken),
      async (c) => {
        const { name: called, role, expiresAt } = c.req.valid("json");
        c.set("shownOnce", true);
        return c.json(await auth.tokens.create(actorOf(c), { name: called, role, expiresAt: expiresAt ?? null }), 201);
      },
    )
    .delete("/:id", describe("people", "Revoke an API token", { 204: { what: "Revoked" } }), async (c) => {
      await auth.tokens.revoke(actorOf(c), c.req.param("id"));
      return c.body(null, 204);
    });
