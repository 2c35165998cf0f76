import { Hono } from "hono";
import { z } from "zod";
import { notFound } from "../base/errors.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { body } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const target = z.object({ id: z.string(), name: z.string() });

const faultSchema = z.object({
  what: z.string(),
  title: z.string(),
  /** What it does to the street or to the controller. */
  does: z.string(),
  /** The button: a verb with its effect; and the one that ends it. */
  verb: z.string(),
  undo: z.string().nullable(),
  /** What will be seen, and when. */
  watch: z.string(),
  targets: z.enum(["site", "device", "none"]),
  on: z.array(z.object({ target: target.nullable(), since: z.int() })),
});

const messageSchema = z.object({
  id: z.int(),
  at: z.int(),
  channel: z.enum(["email", "webhook"]),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  /** Exactly what came. */
  raw: z.string(),
  /** The signature of a webhook is right; null: it has none. */
  signed: z.boolean().nullable(),
});

const demoSchema = z.object({
  simulated: z.literal(true),
  seed: z.int(),
  progress: z.object({
    devices: z.int(),
    /** Still write their past. */
    past: z.int(),
    connected: z.int(),
    /** Batches on devices that are not delivered yet. */
    kept: z.int(),
  }),
  faults: z.array(faultSchema),
  sites: z.array(target),
  devices: z.array(target.extend({ site: z.string(), kind: z.string() })),
  messages: z.array(messageSchema),
});
export type DemoView = z.infer<typeof demoSchema>;

const wish = z.strictObject({
  what: z.string().min(1).max(64),
  /** Ends this one again. */
  undo: z.boolean().optional(),
  site: z.string().min(1).max(100).optional(),
  device: z.string().min(1).max(100).optional(),
});
export type BreakWish = z.infer<typeof wish>;

const done = z.object({ did: z.string(), watch: z.string() });

/** /demo: the simulated street, where there is one. */
export const demo = ({ demo: street }: Pick<HttpNeeds, "demo">) =>
  new Hono<Env>()
    .get(
      "/",
      describe("demo", "The simulated street (404 anywhere else)", { 200: { what: "How it is", schema: demoSchema } }),
      (c) => {
        if (!street) throw notFound("resource", c.req.path);
        return c.json(street.view(), 200);
      },
    )
    .post(
      "/break",
      describe("demo", "Break something, or put it right", { 200: { what: "What was done", schema: done } }),
      body(wish),
      async (c) => {
        if (!street) throw notFound("resource", c.req.path);
        return c.json(await street.break(actorOf(c), c.req.valid("json")), 200);
      },
    );
