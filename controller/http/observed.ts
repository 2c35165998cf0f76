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
const deliverySchema = z.object({
  made: count,
  received: count,
  stored: count,
  duplicates: count,
  quarantined: count,
  dropped: count,
  onDevice: count,
  missing: count,
  boots: z.array(z.looseObject({ boot: z.string(), current: z.boolean(), made: count, missing: count })),
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

/** /devices/{id}/latest, /delivery, /late, /events: what came of it. */
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
        200: { what: "Counted in points", schema: deliverySchema },
      }),
      async (c) => c.json(await delivery.of(check(c.req.param("id"))), 200),
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
