import { Hono } from "hono";
import { z } from "zod";
import { authLimits, roles, type User } from "../auth/index.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { body, query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfList, pageQuery } from "./pages.ts";

const { least, most } = authLimits.passwordChars;
const password = z.string().min(least).max(most);
const newUser = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, "1-64 of A-Z a-z 0-9 . _ @ -"),
  role: z.enum(roles),
  password: password.optional(),
});
const change = z.strictObject({
  role: z.enum(roles).optional(),
  password: password.optional(),
  disabled: z.boolean().optional(),
});
const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  disabled: z.boolean(),
  hasPassword: z.boolean(),
  createdAt: z.int(),
  updatedAt: z.int(),
});
const one = { what: "The user", schema: userSchema };
const view = (user: User): z.infer<typeof userSchema> => user;

/** /users */
export const users = ({ auth }: Pick<HttpNeeds, "auth">) =>
  new Hono<Env>()
    .get(
      "/",
      describe("people", "List users", { 200: { what: "Users by name", schema: pageOf(userSchema) } }),
      query(z.strictObject(pageQuery)),
      async (c) => {
        const page = pageOfList(await auth.users.list(), c.req.valid("query"), (user) => [user.name.toLowerCase()]);
        return c.json({ items: page.items.map(view), next: page.next }, 200);
      },
    )
    .post("/", describe("people", "Create a user", { 201: one }), body(newUser), async (c) =>
      c.json(view(await auth.users.create(actorOf(c), c.req.valid("json"))), 201),
    )
    .get("/:id", describe("people", "One user", { 200: one }), async (c) =>
      c.json(view(await auth.users.get(c.req.param("id"))), 200),
    )
    .patch("/:id", describe("people", "Change a user", { 200: one }), body(change), async (c) =>
      c.json(view(await auth.users.change(actorOf(c), c.req.param("id"), c.req.valid("json"))), 200),
    )
    .delete("/:id", describe("people", "Remove a user", { 204: { what: "Removed" } }), async (c) => {
      await auth.users.remove(actorOf(c), c.req.param("id"));
      return c.body(null, 204);
    });
