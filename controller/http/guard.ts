import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import { type Actor, type Auth, mayAct } from "../auth/index.ts";
import { notFound, refused, unauthenticated } from "../base/errors.ts";
import { accessTo } from "./access.ts";
import type { Env } from "./context.ts";

export const apiRoot = "/api/v1";
export const cookieName = "lamplighter_session";
const longestSecret = 256;

/** Who calls, from the Authorization header or the cookie. The header wins, also when it is wrong. */
export async function identify(auth: Auth, c: Context<Env>): Promise<Actor | null> {
  const header = c.req.header("authorization");
  if (header !== undefined) {
    c.set("by", "bearer");
    const secret = /^Bearer ([A-Za-z0-9_-]+)$/i.exec(header)?.[1];
    return secret === undefined || secret.length > longestSecret ? null : await auth.tokens.identify(secret);
  }
  const secret = getCookie(c, cookieName);
  if (secret === undefined || secret.length > longestSecret) return null;
  c.set("by", "cookie");
  c.set("secret", secret);
  return await auth.session(secret);
}

/** Lets through what the access table allows; default: nothing. */
export function guard(auth: Auth): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.set("by", "nothing");
    c.set("secret", null);
    const needed = accessTo(c.req.method, c.req.path.slice(apiRoot.length));
    const actor = await identify(auth, c);
    c.set("actor", actor);
    checkOrigin(c);
    if (needed === "anyone") return await next();
    if (!actor) throw unauthenticated("not-signed-in", "sign in, or bring a token that is valid");
    if (needed === null) throw notFound("resource", c.req.path);
    if (!mayAct(actor.role, needed)) throw refused("role", `this needs the role ${needed}; yours is ${actor.role}`);
    await next();
  };
}

/** A page elsewhere can make a browser send its cookie, but not lie about its origin (DESIGN §8). */
function checkOrigin(c: Context<Env>): void {
  if (["GET", "HEAD"].includes(c.req.method)) return;
  const origin = c.req.header("origin");
  if (origin === undefined && c.get("by") !== "cookie") return;
  if (origin === undefined || !sameOrigin(origin, c))
    throw refused("cross-origin", "this call came from a page of another address");
}

/** The scheme is not compared: behind a proxy that ends TLS we do not see the one that the browser saw. */
function sameOrigin(origin: string, c: Context<Env>): boolean {
  const host = c.req.header("host") ?? new URL(c.req.url).host;
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
