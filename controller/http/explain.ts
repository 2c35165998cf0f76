import { Hono } from "hono";
import { z } from "zod";
import type { Env } from "./context.ts";
import { describe } from "./document.ts";
import { toldSchema } from "./incidents.ts";
import { query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const at = z.int();
const threshold = z.object({ above: z.number().optional(), below: z.number().optional() });

const incidentSchema = z.object({
  id: z.string(),
  sentence: z.string(),
  /** Who was told, or why nobody was. */
  who: z.string(),
  /** What its rule looked at around its beginning; null: nothing that is stored. */
  samples: z
    .object({
      field: z.string(),
      fn: z.enum(["mean", "last", "rate"]),
      everyMs: z.int(),
      resolution: z.enum(["raw", "5-minute", "hourly"]),
      raise: threshold,
      clear: threshold.nullable(),
      /** Whether they are thresholds of the values themselves. */
      comparable: z.boolean(),
      series: z.array(z.object({ device: z.string(), series: z.string(), points: z.array(z.tuple([at, z.number()])) })),
      left: z.int(),
    })
    .nullable(),
  timers: z.array(
    z.object({
      name: z.enum(["since", "for", "opened", "tell", "told", "update", "recover", "acknowledged", "ended"]),
      at,
      text: z.string(),
    }),
  ),
  suppressions: z.array(
    z.object({ reason: z.string(), devices: z.array(z.string()), until: at.nullable(), text: z.string() }),
  ),
  told: z.array(z.object({ ...toldSchema.shape, text: z.string() })),
});

const deviceSchema = z.object({
  device: z.string(),
  name: z.string(),
  presence: z.object({
    state: z.string(),
    since: at.nullable(),
    lastSeenAt: at.nullable(),
    deadline: at.nullable(),
    text: z.string(),
  }),
  site: z.object({ id: z.string(), open: z.boolean(), changesAt: at.nullable() }).nullable(),
  hours: z.string(),
  /** What it is behind, and what that means for notices. */
  behind: z.array(z.string()),
  rules: z.array(
    z.object({
      rule: z.string(),
      title: z.string(),
      severity: z.string(),
      state: z.enum(["off", "elsewhere", "silent", "waiting", "ok", "pending", "firing", "clearing"]),
      series: z.string(),
      since: at.nullable(),
      number: z.number().nullable(),
      limit: z.number(),
      dueAt: at.nullable(),
      text: z.string(),
    }),
  ),
  incidents: z.array(
    z.object({
      id: z.string(),
      rule: z.string(),
      state: z.enum(["open", "resolved", "closed"]),
      since: at,
      resolvedAt: at.nullable(),
      sentence: z.string(),
      who: z.string(),
    }),
  ),
});

/** /incidents/{id}/explain */
export const explainedIncident = ({ explain }: Pick<HttpNeeds, "explain">) =>
  new Hono<Env>().get(
    "/:id/explain",
    describe("alerts", "Why somebody was or was not told of it", {
      200: { what: "What it looked at, its times, what kept notices back, and each attempt", schema: incidentSchema },
    }),
    async (c) => c.json(await explain.incident(c.req.param("id")), 200),
  );

/** /devices/{id}/explain */
export const explainedDevice = ({ explain }: Pick<HttpNeeds, "explain">) =>
  new Hono<Env>().get(
    "/:id/explain",
    describe("alerts", "Where each rule stands at it, and why nobody was told", {
      200: { what: "Rules by id, each of their series; its last 10 incidents", schema: deviceSchema },
    }),
    query(z.strictObject({ rule: z.string().min(1).max(64).optional() })),
    async (c) => c.json(await explain.device(c.req.param("id"), c.req.valid("query").rule), 200),
  );
