import { Hono } from "hono";
import { z } from "zod";
import { type EscalationView, escalationPolicy } from "../alert/index.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { etagOf, versionSeen } from "./etag.ts";
import { body } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const escalationSchema = z.object({
  /** Without steps everybody hears everything at once. */
  policy: escalationPolicy,
  /** Whose week it is; null: there is no rota. */
  onDuty: z.object({ who: z.string(), channels: z.array(z.string()), until: z.int() }).nullable(),
  /** Channels that it names and that are no longer there. */
  missing: z.array(z.string()),
  /** 0: nobody has made one. */
  version: z.int(),
  updatedAt: z.int().nullable(),
});
const one = { what: "The escalation", schema: escalationSchema };

/** /escalation */
export const escalation = ({ escalation: all }: Pick<HttpNeeds, "escalation">) =>
  new Hono<Env>()
    .get("/", describe("alerts", "Who is told of what nobody takes", { 200: one }), async (c) => {
      const view = await all.view();
      c.header("etag", etagOf(view.version));
      return c.json(view satisfies EscalationView, 200);
    })
    .put("/", describe("alerts", "Change who is told when", { 200: one }), body(escalationPolicy), async (c) => {
      const view = await all.put(actorOf(c), c.req.valid("json"), versionSeen(c));
      c.header("etag", etagOf(view.version));
      return c.json(view, 200);
    });
