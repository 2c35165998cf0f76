import { Hono } from "hono";
import { z } from "zod";
import { notFound } from "../base/errors.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { body, instant } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const viewSchema = z.object({
  pendingHours: z.int(),
  oldestPendingAt: z.int().nullable(),
  doneHours: z.int(),
  rounds: z.int(),
  ratePerSecond: z.number(),
  waitsFor: z.string().nullable(),
  rawSince: z.int(),
  backfilled: z.boolean(),
});
const wish = z.strictObject({
  from: instant.optional(),
  to: instant.optional(),
  device: z.string().min(1).max(64).optional(),
});

/** /rollups: 5-minute and hourly values, and how far they are. */
export const rollups = ({ rollups: room, registry }: Pick<HttpNeeds, "rollups" | "registry">) =>
  new Hono<Env>()
    .get(
      "/",
      describe("series", "How far 5-minute and hourly values are", {
        200: { what: "Hours of devices that wait, and what was done since the start", schema: viewSchema },
      }),
      (c) => c.json(room.view(), 200),
    )
    .post(
      "/rebuild",
      describe("series", "Make 5-minute and hourly values anew from raw points", {
        202: {
          what: "How many hours of devices are due now, and how many have no raw points and stay as they are",
          schema: z.object({ marked: z.int(), leftAlone: z.int() }),
        },
      }),
      body(wish),
      async (c) => {
        const asked = c.req.valid("json");
        if (asked.device !== undefined && !registry.device(asked.device)) throw notFound("device", asked.device);
        return c.json(await room.rebuild(actorOf(c), asked), 202);
      },
    );
