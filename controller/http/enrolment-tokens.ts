import { Hono } from "hono";
import { z } from "zod";
import type { EnrolmentToken } from "../registry/index.ts";
import { registryLimits } from "../registry/index.ts";
import { actorOf, type Env } from "./context.ts";
import { kinds } from "./device-view.ts";
import { describe } from "./document.ts";
import { body, instant, name, query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfList, pageQuery } from "./pages.ts";

const newToken = z.strictObject({
  device: z.string().min(1).max(64).optional(),
  site: z.string().min(1).max(64).optional(),
  kind: z.enum(kinds).optional(),
  profile: name(64).optional(),
  uses: z.int().min(1).max(registryLimits.tokenUses).default(1),
  expiresAt: instant.optional(),
});

const tokenSchema = z.object({
  id: z.string(),
  device: z.string().nullable(),
  site: z.string().nullable(),
  kind: z.enum(kinds).nullable(),
  profile: z.string().nullable(),
  uses: z.int(),
  used: z.int(),
  expiresAt: z.int(),
  createdAt: z.int(),
  createdBy: z.string(),
});
const view = (token: EnrolmentToken): z.infer<typeof tokenSchema> => token;

/** /enrolment-tokens: what lets a device in. The token itself is shown once. */
export const enrolmentTokens = ({ registry }: Pick<HttpNeeds, "registry">) =>
  new Hono<Env>()
    .get(
      "/",
      describe("enrolment", "List enrolment tokens", { 200: { what: "Newest first", schema: pageOf(tokenSchema) } }),
      query(z.strictObject(pageQuery)),
      async (c) => {
        const page = pageOfList(await registry.enrolmentTokens.list(), c.req.valid("query"), newestFirst);
        return c.json({ items: page.items.map(view), next: page.next }, 200);
      },
    )
    .post(
      "/",
      describe("enrolment", "Make an enrolment token", {
        201: { what: "The token, shown once", schema: tokenSchema.extend({ token: z.string() }) },
      }),
      body(newToken),
      async (c) => {
        c.set("shownOnce", true);
        return c.json(await registry.enrolmentTokens.create(actorOf(c), c.req.valid("json")), 201);
      },
    )
    .delete("/:id", describe("enrolment", "Revoke an enrolment token", { 204: { what: "Revoked" } }), async (c) => {
      await registry.enrolmentTokens.revoke(actorOf(c), c.req.param("id"));
      return c.body(null, 204);
    });

/** Cursors go up; newest first goes down. */
const newestFirst = ({ createdAt, id }: EnrolmentToken): string[] => [
  String(Number.MAX_SAFE_INTEGER - createdAt).padStart(16, "0"),
  id,
];
