import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Actor } from "../auth/index.ts";
import { unauthenticated } from "../base/errors.ts";

export interface Env {
  /** Absent where a test asks without a server. */
  Bindings: Partial<HttpBindings>;
  Variables: {
    actor: Actor | null;
    /** How the caller showed who it is. */
    by: "cookie" | "bearer" | "nothing";
    /** Of the session cookie. */
    secret: string | null;
    /** The answer holds a secret that is shown once. */
    shownOnce: boolean;
  };
}

/** The caller's address: the socket's, since a header can say anything. */
export const addressOf = (c: Context<Env>): string => c.env?.incoming?.socket.remoteAddress ?? "unknown";

/** Who asks; behind the guard there is always somebody, where the access table says so. */
export function actorOf(c: Context<Env>): { kind: string; id: string } & NonNullable<Env["Variables"]["actor"]> {
  const actor = c.get("actor");
  if (!actor) throw unauthenticated("not-signed-in", "sign in first");
  return actor;
}
