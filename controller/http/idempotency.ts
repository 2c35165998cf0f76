import type { MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Auth } from "../auth/index.ts";
import { conflict, invalid } from "../base/errors.ts";
import { hashOf } from "../base/ids.ts";
import type { Env } from "./context.ts";
import { httpLimits } from "./limits.ts";

/** A POST with an `Idempotency-Key` is done once: its repeat gets the first answer. Only what was done is kept; what
 *  was refused may be tried again. */
export function idempotency(auth: Auth): MiddlewareHandler<Env> {
  return async (c, next) => {
    const key = c.req.header("idempotency-key");
    const actor = c.get("actor");
    if (key === undefined || actor === null || c.req.method !== "POST") return await next();
    if (!/^[\x21-\x7e]+$/.test(key) || key.length > httpLimits.idempotencyKeyChars)
      throw invalid("the idempotency key will not do", [
        { path: "Idempotency-Key", message: `1-${httpLimits.idempotencyKeyChars} visible letters of ASCII` },
      ]);
    const call = { actor: `${actor.kind} ${actor.id}`, key };
    const requestHash = hashOf(`${c.req.path}\n${await c.req.text()}`);
    const before = await auth.answers.claim({ ...call, requestHash });
    if (before) {
      if (before.body === null)
        throw conflict("already-done", "this was done already; its answer was shown once and is not kept");
      c.header("idempotency-replayed", "true");
      c.header("content-type", "application/json");
      c.res = c.body(before.body, before.status as ContentfulStatusCode);
      return;
    }
    try {
      await next();
    } finally {
      if (c.error !== undefined || c.res.status >= 300) await auth.answers.release(call);
      else {
        const body = c.get("shownOnce") ? null : await c.res.clone().text();
        await auth.answers.keep(call, { status: c.res.status, body });
      }
    }
  };
}
