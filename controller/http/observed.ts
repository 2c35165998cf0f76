import { Hono } from "hono";
import { z } from "zod";
import { notFound } from "../base/errors.ts";
import type { Env } from "./context.ts";
import { describe } from "./document.ts";
import { instant, query } from "./input.ts";
import { httpLimits } from "./limits.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfRows, pageQuery, rowCursor } from "./pages.ts";

const latestSchema = z.object({
  items: z.array(
    z.object({
      m: z.string(),
      tags: z.record(z.string(), z.string()),
      fields: z.record(z.string(), z.union([z.number(), z.string()])),
      at: z.int(),
    }),
  ),
});
const count = z.int();
const totals = {
  made: count,
  stored: count,
  duplicates: count,
  quarantined: count,
  dropped: count,
  onDevice: count,
  missing: count,
};
const drops = z.array(z.object({ why: z.string(), points: count }));
const lossReason = z.enum(["power", "wiped", "replaced", "restored", "unknown"]);
/** When something was made, by the device's clock; null where nobody knows. */
const between = { fromAt: z.int().nullable(), toAt: z.int().nullable() };
const deliverySchema = z.object({
  ...totals,
  received: count,
  losses: z.array(z.object({ why: lossReason, points: count })),
  drops,
  since: z.int().nullable(),
  lastLoss: z
    .object({ ...between, points: count.nullable(), kind: z.enum(["missing", "dropped"]), why: z.string() })
    .nullable(),
  folded: count,
  boots: z.array(
    z.object({
      boot: z.string(),
      current: z.boolean(),
      ...totals,
      firstAt: z.int().nullable(),
      lastAt: z.int().nullable(),
      drops,
      gaps: z.array(z.object({ from: count, to: count, points: count.nullable(), why: lossReason, ...between })),
      gapsLeft: count,
      tailLost: z.object({ afterSeq: count, atMostMs: count }).optional(),
    }),
  ),
});
const quarantineSchema = z.object({
  id: z.int(),
  receivedAt: z.int(),
  boot: z.string().nullable(),
  seq: z.int().nullable(),
  points: count,
  why: z.string(),
  problem: z.string(),
  raw: z.string(),
});
const eventSchema = z.object({
  id: z.int(),
  at: z.int(),
  receivedAt: z.int(),
  kind: z.string(),
  severity: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

const lateSchema = z.object({
  items: z.array(z.object({ from: z.int(), to: z.int(), points: z.int(), arrivedAt: z.int() })),
});
const dayMs = 86_400_000;

/** /devices/{id}/latest, /delivery, /quarantine, /late, /events: what came of it. */
export const observed = ({
  registry,
  latest,
  delivery,
  events,
  clock,
}: Pick<HttpNeeds, "registry" | "latest" | "delivery" | "events" | "clock">) => {
  const check = (id: string): string => {
    if (!registry.device(id)) throw notFound("device", id);
    return id;
  };
  return new Hono<Env>()
    .get(
      "/:id/latest",
      describe("series", "The newest values of a device", { 200: { what: "A point a series", schema: latestSchema } }),
      (c) => {
        const points = latest.of(check(c.req.param("id")));
        return c.json({ items: points.map(({ m, tags, fields, at }) => ({ m, tags, fields, at })) }, 200);
      },
    )
    .get(
      "/:id/delivery",
      describe("series", "What it measured and what became of it", {
        200: {
          what: "Counted in points: made = stored + quarantined + dropped + onDevice + missing, and received = stored + duplicates + quarantined. `since`: when it was first heard. `lastLoss`: the newest that is missing or was given up. `boots`: the last 50 runs of its agent, the newest first, each with at most 20 gaps (`gapsLeft` more); `folded` older ones are in the sums only. Why something is missing: `power` (its end was unclean: at most `tailLost`), `wiped` (it came back without what it held), `replaced` (other hardware came instead), `restored` (delivered after the backup that this controller was restored from), `unknown`",
          schema: deliverySchema,
        },
      }),
      async (c) => c.json(await delivery.of(check(c.req.param("id"))), 200),
    )
    .get(
      "/:id/quarantine",
      describe("series", "What it sent and was refused", {
        200: {
          what: "Newest first, with the reason; at most 1 MiB a device is kept",
          schema: pageOf(quarantineSchema),
        },
      }),
      query(z.strictObject(pageQuery)),
      async (c) => {
        const asked = c.req.valid("query");
        const limit = asked.limit ?? httpLimits.pageItemsUsual;
        const before = rowCursor(asked.cursor);
        const rows = await delivery.quarantined(check(c.req.param("id")), limit + 1, before);
        return c.json(pageOfRows(rows, limit), 200);
      },
    )
    .get(
      "/:id/late",
      describe("series", "When it could not deliver: what it measured then came afterwards", {
        200: { what: "Stretches of time, oldest first; of the last day unless told", schema: lateSchema },
      }),
      query(z.strictObject({ from: instant.optional(), to: instant.optional() })),
      async (c) => {
        const asked = c.req.valid("query");
        const to = asked.to ?? clock.now();
        const items = await delivery.late(check(c.req.param("id")), asked.from ?? to - dayMs, to);
        return c.json({ items }, 200);
      },
    )
    .get(
      "/:id/events",
      describe("series", "What happened on it", { 200: { what: "Newest first", schema: pageOf(eventSchema) } }),
      query(z.strictObject(pageQuery)),
      async (c) => {
        const asked = c.req.valid("query");
        const limit = asked.limit ?? httpLimits.pageItemsUsual;
        const before = rowCursor(asked.cursor);
        const rows = await events.of(check(c.req.param("id")), { limit: limit + 1, before });
        return c.json(pageOfRows(rows, limit), 200);
      },
    );
};
