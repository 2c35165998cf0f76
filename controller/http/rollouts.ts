import { Hono } from "hono";
import { z } from "zod";
import { type RolloutView, rolloutLimits, rolloutSettings } from "../rollout/index.ts";
import { manyWish, previewSchema } from "./config.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { body, name, query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfList, pageQuery } from "./pages.ts";

const at = z.int();
const count = z.int();
const text = z.string();
const { message: _, ...change } = manyWish.shape;
const wish = z.strictObject({
  title: name(rolloutLimits.titleChars),
  ...change,
  settings: rolloutSettings.prefault({}),
});
const { title: __, ...untitled } = wish.shape;
const trial = z.strictObject(untitled);

const counts = z.object({
  all: count,
  waiting: count,
  away: count,
  underWay: count,
  done: count,
  failed: count,
  skipped: count,
});
const group = z.object({
  devices: count,
  before: z.number().nullable(),
  after: z.number().nullable(),
  change: z.number().nullable(),
  spread: z.number().nullable(),
});
const comparison = z.object({
  wave: count,
  at,
  verdict: z.enum(["worse", "not worse", "too few", "accepted"]),
  sentence: text,
  metrics: z.array(
    z.object({
      metric: text,
      unit: text,
      touched: group,
      untouched: group,
      difference: z.number().nullable(),
      chance: z.number().nullable(),
      verdict: z.enum(["worse", "not worse", "too few"]),
    }),
  ),
});
const summarySchema = z.object({
  id: text,
  title: text,
  by: z.object({ kind: text, id: text, name: text }),
  createdAt: at,
  endedAt: at.nullable(),
  status: z.enum(["running", "paused", "halted", "returning", "aborted", "done"]),
  /** Why it stands where it stands. */
  why: text.nullable(),
  /** Of `waves`; 0 is the canary. */
  wave: count,
  waves: count,
  counts,
  perWave: z.array(counts),
  soakSince: at.nullable(),
  compared: comparison.nullable(),
  failures: count,
  forgiven: count,
  settings: rolloutSettings,
  trialMs: count.nullable(),
});
const wholeSchema = summarySchema.extend({
  /** Every decision with its reason, newest first. */
  log: z.array(z.object({ at, device: text.nullable(), text })),
});
const touchedSchema = z.object({
  id: text,
  name: text,
  site: text.nullable(),
  wave: count,
  phase: z.enum(["waiting", "pushing", "pushed", "done", "failed", "skipped"]),
  at,
  pushedAt: at.nullable(),
  before: count,
  revision: count.nullable(),
  back: z.enum(["asked", "written"]).nullable(),
  why: text.nullable(),
  isAway: z.boolean(),
  /** Why it may not be touched now. */
  heldBy: text.nullable(),
});
const previewed = z.object({
  change: previewSchema,
  waves: z.array(z.object({ devices: count, sites: count, first: z.array(text) })),
});
const deviceQuery = z.strictObject({
  ...pageQuery,
  wave: z.coerce.number().int().min(0).optional(),
  phase: touchedSchema.shape.phase.optional(),
});
const logLines = 200;
const one = { what: "The rollout, with its log", schema: wholeSchema };

/** /rollouts: a change of many devices, in waves. */
export const rollouts = ({ rollouts: all }: Pick<HttpNeeds, "rollouts">) => {
  const whole = async (view: RolloutView) => ({ ...view, log: await all.log(view.id, logLines) });
  const command = async (...asked: Parameters<typeof all.command>) => whole(await all.command(...asked));
  return new Hono<Env>()
    .get(
      "/",
      describe("rollouts", "All rollouts", { 200: { what: "Newest first", schema: pageOf(summarySchema) } }),
      async (c) => c.json({ items: await all.list(), next: null }, 200),
    )
    .get(
      "/schema",
      describe("rollouts", "How a rollout can be set", {
        200: {
          what: "JSON Schema, and what holds where nothing is said",
          schema: z.object({ schema: z.record(z.string(), z.unknown()), defaults: rolloutSettings }),
        },
      }),
      (c) => c.json({ schema: settingsSchema(), defaults: rolloutSettings.parse({}) }, 200),
    )
    .post(
      "/preview",
      describe("rollouts", "What it would do, and who is in which wave", {
        200: { what: "The change and the waves", schema: previewed },
      }),
      body(trial),
      async (c) => c.json(await all.preview({ title: "", ...c.req.valid("json") }), 200),
    )
    .post("/", describe("rollouts", "Start a rollout", { 201: one }), body(wish), async (c) =>
      c.json(await whole(await all.create(actorOf(c), c.req.valid("json"))), 201),
    )
    .get("/:id", describe("rollouts", "A rollout", { 200: one }), async (c) =>
      c.json(await whole(await all.of(c.req.param("id"))), 200),
    )
    .get(
      "/:id/devices",
      describe("rollouts", "How its devices stand", {
        200: { what: "In the order in which they are pushed", schema: pageOf(touchedSchema) },
      }),
      query(deviceQuery),
      async (c) => {
        const { wave, phase, ...page } = c.req.valid("query");
        const devices = (await all.devices(c.req.param("id")))
          .map((one, place) => ({ one, key: [String(place).padStart(6, "0")] }))
          .filter(
            ({ one }) => (wave === undefined || one.wave === wave) && (phase === undefined || one.phase === phase),
          );
        const { items, next } = pageOfList(devices, page, ({ key }) => key);
        return c.json({ items: items.map(({ one }) => one), next }, 200);
      },
    )
    .post(
      "/:id/pause",
      describe("rollouts", "Push to nobody new; what is under way goes on", { 200: one }),
      async (c) => c.json(await command(actorOf(c), c.req.param("id"), "pause"), 200),
    )
    .post("/:id/resume", describe("rollouts", "Go on, with what failed so far let pass", { 200: one }), async (c) =>
      c.json(await command(actorOf(c), c.req.param("id"), "resume"), 200),
    )
    .post("/:id/abort", describe("rollouts", "Stop, and give back what devices had before", { 200: one }), async (c) =>
      c.json(await command(actorOf(c), c.req.param("id"), "abort"), 200),
    );
};

const settingsSchema = (): Record<string, unknown> =>
  z.toJSONSchema(rolloutSettings, { io: "input", unrepresentable: "any" }) as Record<string, unknown>;
