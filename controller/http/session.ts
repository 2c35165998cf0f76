import { type Context, Hono } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { type Actor, roles } from "../auth/index.ts";
import { actorOf, addressOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { cookieName } from "./guard.ts";
import { body } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const signIn = z.union([
  z.strictObject({ username: z.string().min(1).max(64), password: z.string().min(1).max(256) }),
  z.strictObject({ link: z.string().min(1).max(256) }),
]);

const sessionSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["user", "token"]),
  role: z.enum(roles),
  expiresAt: z.int().nullable(),
});

const view = ({ id, name, kind, role, expiresAt }: Actor): z.infer<typeof sessionSchema> => ({
  id,
  name,
  kind,
  role,
  expiresAt,
});

/** /session: who is signed in. */
export const session = ({ auth, clock, secure }: Pick<HttpNeeds, "auth" | "clock" | "secure">) => {
  const cookie = { path: "/", httpOnly: true, sameSite: "Lax", secure } as const;
  const setFor = (c: Context<Env>, { secret, expiresAt }: { secret: string; expiresAt: number }) =>
    setCookie(c, cookieName, secret, { ...cookie, maxAge: Math.floor((expiresAt - clock.now()) / 1_000) });

  return new Hono<Env>()
    .post(
      "/",
      describe("session", "Sign in", { 201: { what: "Signed in", schema: sessionSchema } }),
      body(signIn),
      async (c) => {
        const who = c.req.valid("json");
        const address = addressOf(c);
        const opened =
          "link" in who ? await auth.signInByLink({ ...who, address }) : await auth.signIn({ ...who, address });
        // The session that was there before is not left lying about.
        const before = c.get("secret");
        if (before !== null) await auth.signOut(before);
        setFor(c, opened);
        return c.json(view(opened.actor), 201);
      },
    )
    .get("/", describe("session", "Who am I", { 200: { what: "The caller", schema: sessionSchema } }), (c) =>
      c.json(view(actorOf(c)), 200),
    )
    .delete("/", describe("session", "Sign out", { 204: { what: "Signed out" } }), async (c) => {
      const secret = c.get("secret");
      if (secret !== null) await auth.signOut(secret);
      deleteCookie(c, cookieName, cookie);
      return c.body(null, 204);
    });
};
