import { Hono } from "hono";
import { z } from "zod";
import { notFound } from "../base/errors.ts";
import type { Membership } from "../registry/index.ts";
import type { Series, SeriesAnswer } from "../store/series/index.ts";
import type { Env } from "./context.ts";
import { describe } from "./document.ts";
import { query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { planOf, seriesQuery } from "./series-query.ts";

const seriesSchema = z.object({
  resolution: z.string(),
  from: z.int(),
  to: z.int(),
  everyMs: z.int().nullable(),
  fn: z.string().nullable(),
  series: z.array(
    z.object({
      device: z.string(),
      tags: z.record(z.string(), z.string()),
      points: z.array(z.tuple([z.int(), z.union([z.number(), z.string()])])),
    }),
  ),
});
const answer = { 200: { what: "Series; gaps stay gaps", schema: seriesSchema } };

type Needs = Pick<HttpNeeds, "registry" | "series" | "clock">;
type Plan = ReturnType<typeof planOf>;

const view = (plan: Plan, { resolution, series }: SeriesAnswer): z.infer<typeof seriesSchema> => ({
  resolution,
  from: plan.from,
  to: plan.to,
  everyMs: plan.everyMs ?? null,
  fn: plan.fn ?? null,
  series,
});

/** /devices/{id}/series */
export const deviceSeries = ({ registry, series, clock }: Needs) =>
  new Hono<Env>().get(
    "/:id/series",
    describe("series", "What one device measured", answer),
    query(seriesQuery),
    async (c) => {
      const id = c.req.param("id");
      if (!registry.device(id)) throw notFound("device", id);
      const plan = planOf(c.req.valid("query"), clock.now());
      return c.json(view(plan, await series.query({ ...plan, devices: [id] })), 200);
    },
  );

/** /series?site=: of the devices that were at the site (its id or its name), while they were. */
export const siteSeries = ({ registry, series, clock }: Needs) =>
  new Hono<Env>().get(
    "/",
    describe("series", "What the devices of a site measured while they were there", answer),
    query(seriesQuery.extend({ site: z.string().min(1).max(100) })),
    async (c) => {
      const { site: wanted, ...asked } = c.req.valid("query");
      const site = siteId(registry, wanted);
      const plan = planOf(asked, clock.now());
      const members = registry.membersOf(site, plan.from, plan.to);
      const devices = [...new Set(members.map((member) => member.device))];
      const found = await series.query({ ...plan, devices });
      const kept = found.series.map((one) => whileThere(one, members, plan.everyMs ?? 1));
      return c.json(view(plan, { ...found, series: kept.filter((one) => one.points.length > 0) }), 200);
    },
  );

/** Names are for people at a shell; one that two sites share says nothing. */
function siteId(registry: Needs["registry"], wanted: string): string {
  if (registry.site(wanted)) return wanted;
  const named = registry.sites().filter((site) => site.name.toLowerCase() === wanted.toLowerCase());
  if (named.length !== 1 || !named[0]) throw notFound("site", wanted);
  return named[0].id;
}

/** A bucket counts where the device was there in any part of it. */
function whileThere(series: Series, members: readonly Membership[], everyMs: number): Series {
  const stays = members.filter((member) => member.device === series.device);
  const there = (at: number) => stays.some(({ from, to }) => at + everyMs > from && (to === null || at < to));
  return { ...series, points: series.points.filter(([at]) => there(at)) };
}
