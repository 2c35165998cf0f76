import { Hono } from "hono";
import { z } from "zod";
import { rule } from "../alert/index.ts";
import type { Env } from "./context.ts";
import { describe } from "./document.ts";
import { body, instant } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const wish = z.strictObject({ rule, from: instant.optional(), to: instant.optional() });

const count = z.int();
const at = z.int();
const counted = {
  for: z.string(),
  raise: z.object({ above: z.number().optional(), below: z.number().optional() }),
  /** Each device by itself; devices of a site that are bad together are one incident. */
  fired: count,
  incidents: count,
  /** From 22 to 7 by the site's clocks. */
  night: count,
  /** Over within 2 and 10 minutes. */
  under2min: count,
  under10min: count,
  devices: count,
};
const resultSchema = z.object({
  rule: z.string(),
  from: at,
  to: at,
  resolution: z.enum(["5-minute", "hourly"]),
  basis: z.string(),
  sentence: z.string(),
  /** looked: devices that the rule fits; withData: those that have what it looks at. */
  counts: z.object({ looked: count, withData: count, ...counted }),
  list: z.array(
    z.object({
      device: z.string(),
      name: z.string(),
      site: z.string().nullable(),
      from: at,
      firedAt: at,
      to: at.nullable(),
      said: z.string(),
      night: z.boolean(),
    }),
  ),
  sites: z.array(z.object({ site: z.string().nullable(), fired: count, incidents: count, devices: count })),
  others: z.array(z.object(counted)),
});
const viewSchema = z.object({
  id: z.string(),
  state: z.enum(["waiting", "running", "done", "failed", "cancelled"]),
  progress: z.object({ devices: count, of: count }),
  why: z.string().optional(),
  result: resultSchema.optional(),
});

const meaning =
  "Of 5-minute values, by the code that judges what comes in. `list`: the newest 500 firings; `sites`: the 200 with most of them; the counts know all. `others`: the same rule with one setting other than it";

const previewSchema = z.object({
  fits: count,
  withField: count,
  bad: count,
  list: z.array(
    z.object({
      device: z.string(),
      name: z.string(),
      site: z.string().nullable(),
      series: z.string(),
      at,
      number: z.number().nullable(),
      bad: z.boolean(),
      said: z.string(),
    }),
  ),
  sentence: z.string(),
});

/** /alert-rules/preview and /backtest: what a rule would look at now, and what it would have done. */
export const trials = ({ rules }: Pick<HttpNeeds, "rules">) =>
  new Hono<Env>()
    .post(
      "/preview",
      describe("alerts", "Try a rule on the newest values", {
        200: {
          what: "How many devices it fits, have what it looks at, and are bad; the worst 50",
          schema: previewSchema,
        },
      }),
      body(z.strictObject({ rule })),
      (c) => c.json(rules.preview(c.req.valid("json").rule), 200),
    )
    .post(
      "/backtest",
      describe("alerts", "Try a rule on what was measured", {
        202: {
          what: "It runs, or waits for its turn; of the last 30 days unless told, of 90 at most",
          schema: viewSchema,
        },
      }),
      body(wish),
      (c) => c.json(rules.backtests.begin(c.req.valid("json")), 202),
    )
    .get(
      "/backtest/:id",
      describe("alerts", "How far it is, and what the rule would have done", {
        200: { what: meaning, schema: viewSchema },
      }),
      (c) => c.json(rules.backtests.of(c.req.param("id")), 200),
    )
    .delete("/backtest/:id", describe("alerts", "End it and forget it", { 204: { what: "Gone" } }), (c) => {
      rules.backtests.cancel(c.req.param("id"));
      return c.body(null, 204);
    });
