import { Hono } from "hono";
import { z } from "zod";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { body } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const at = z.int();
const device = z.string().nullable();
const topologySchema = z.object({
  cables: z.array(
    z.object({
      interface: z.string(),
      systemName: z.string().nullable(),
      chassis: z.string().nullable(),
      port: z.string().nullable(),
      address: z.string().nullable(),
      /** Whether the way out is there; null: not known. */
      uplink: z.boolean().nullable(),
      at,
      /** The one of ours that it is; null: none. */
      device,
    }),
  ),
  gateway: z
    .object({
      interface: z.string(),
      address: z.string().nullable(),
      hardwareAddress: z.string().nullable(),
      at,
      device,
    })
    .nullable(),
  learnt: z.array(
    z.object({
      parent: z.string(),
      name: z.string(),
      how: z.enum(["lldp", "gateway"]),
      interface: z.string(),
      port: z.string().nullable(),
      seen: z.int(),
      /** From so many sightings on it keeps notices back. */
      needed: z.int(),
      firstAt: at,
      lastAt: at,
      standing: z.enum(["holds", "counting", "declared", "overruled", "dismissed", "circular"]),
    }),
  ),
  dismissed: z.array(z.object({ id: z.string(), name: z.string() })),
});

const whole = { 200: { what: "What it hangs on, as it sees it itself", schema: topologySchema } };
const which = z.strictObject({ parent: z.string().min(1).max(64) });

/** /devices/{id}/topology */
export const topologyOf = ({ topology }: Pick<HttpNeeds, "topology">) => {
  const changed = async (change: Promise<unknown>, id: string) => {
    await change;
    return topology.view(id);
  };
  return new Hono<Env>()
    .get("/:id/topology", describe("devices", "What it hangs on, as it sees it itself", whole), (c) =>
      c.json(topology.view(c.req.param("id")), 200),
    )
    .post(
      "/:id/topology/adopt",
      describe("devices", "Declare a parent that was learnt", whole),
      body(which),
      async (c) => {
        const id = c.req.param("id");
        return c.json(await changed(topology.adopt(actorOf(c), id, c.req.valid("json").parent), id), 200);
      },
    )
    .post(
      "/:id/topology/dismiss",
      describe("devices", "Say that a parent that was learnt is none", whole),
      body(which),
      async (c) => {
        const id = c.req.param("id");
        return c.json(await changed(topology.dismiss(actorOf(c), id, c.req.valid("json").parent), id), 200);
      },
    )
    .post(
      "/:id/topology/restore",
      describe("devices", "Let a parent that was dismissed count again", whole),
      body(which),
      async (c) => {
        const id = c.req.param("id");
        return c.json(await changed(topology.restore(actorOf(c), id, c.req.valid("json").parent), id), 200);
      },
    );
};
