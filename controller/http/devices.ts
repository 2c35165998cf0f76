import { Hono } from "hono";
import { z } from "zod";
import { shownAs } from "../alert/index.ts";
import { notFound } from "../base/errors.ts";
import { type Device, registryLimits } from "../registry/index.ts";
import { actorOf, type Env } from "./context.ts";
import { deviceSchema, kinds, states, viewOf } from "./device-view.ts";
import { describe } from "./document.ts";
import { etagOf, versionSeen } from "./etag.ts";
import { address, body, location, name, query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfList, pageQuery } from "./pages.ts";

const id = z.string().min(1).max(64);
const changeable = {
  site: id.nullable().optional(),
  via: id.nullable().optional(),
  profile: name(64).nullable().optional(),
  /** Where it can be asked whether it is there. */
  address: address.nullable().optional(),
  /** Groups of devices that it is behind: out of reach when all of one group are. */
  parents: z.array(z.array(id).min(1).max(registryLimits.parentsOfGroup)).max(registryLimits.parentGroups).optional(),
  tags: z.array(name(64)).max(32).optional(),
  location: location.nullable().optional(),
};
const newDevice = z.strictObject({ name: name(), kind: z.enum(kinds), ...changeable });
const change = z.strictObject({ name: name().optional(), ...changeable });

const deviceQuery = z.strictObject({
  ...pageQuery,
  q: z.string().max(100).optional(),
  site: id.optional(),
  kind: z.enum(kinds).optional(),
  tag: z.string().max(64).optional(),
  state: z.enum(states).optional(),
  /** `true`: only those that miss something that they measured. */
  missing: z.enum(["true", "false"]).optional(),
});

const one = { what: "The device", schema: deviceSchema };

/** /devices */
export const devices = ({
  registry,
  presence,
  config,
  delivery,
  mutes,
}: Pick<HttpNeeds, "registry" | "presence" | "config" | "delivery" | "mutes">) => {
  const view = (device: Device) =>
    viewOf(device, presence.of(device.id), config.brief(device.id), {
      missing: delivery.missingOf(device.id),
      maintenance: mutes.maintenanceOf(device.id),
    });
  const isIn = ({ id }: Device, state: string): boolean =>
    shownAs(presence.of(id).state, mutes.maintenanceOf(id) !== null) === state;

  function find(asked: z.infer<typeof deviceQuery>): readonly Device[] {
    const { site, kind, tag, state, missing } = asked;
    const wanted = asked.q?.toLowerCase();
    return registry
      .devices()
      .filter(
        (device) =>
          (site === undefined || device.site === site) &&
          (kind === undefined || device.kind === kind) &&
          (tag === undefined || device.tags.includes(tag)) &&
          (wanted === undefined || matches(device, wanted)) &&
          (missing === undefined || delivery.missingOf(device.id) > 0 === (missing === "true")) &&
          (state === undefined || isIn(device, state)),
      );
  }

  return new Hono<Env>()
    .get(
      "/",
      describe("devices", "List devices", { 200: { what: "Devices by name", schema: pageOf(deviceSchema) } }),
      query(deviceQuery),
      (c) => {
        const asked = c.req.valid("query");
        const page = pageOfList(find(asked), asked, (device) => [device.name, device.id]);
        return c.json({ items: page.items.map(view), next: page.next }, 200);
      },
    )
    .post("/", describe("devices", "Create a device before it is there", { 201: one }), body(newDevice), async (c) => {
      const device = await registry.deviceChanges.create(actorOf(c), c.req.valid("json"));
      c.header("etag", etagOf(device.version));
      return c.json(view(device), 201);
    })
    .get("/:id", describe("devices", "One device", { 200: one }), (c) => {
      const device = registry.device(c.req.param("id"));
      if (!device) throw notFound("device", c.req.param("id"));
      c.header("etag", etagOf(device.version));
      return c.json(view(device), 200);
    })
    .patch("/:id", describe("devices", "Change a device", { 200: one }), body(change), async (c) => {
      const seen = versionSeen(c);
      const device = await registry.deviceChanges.change(actorOf(c), c.req.param("id"), c.req.valid("json"), seen);
      c.header("etag", etagOf(device.version));
      return c.json(view(device), 200);
    })
    .delete("/:id", describe("devices", "Remove a device", { 204: { what: "Removed" } }), async (c) => {
      await registry.deviceChanges.remove(actorOf(c), c.req.param("id"));
      return c.body(null, 204);
    });
};

const matches = (device: Device, wanted: string): boolean =>
  [device.name, device.id, device.hardware?.serial ?? "", device.hardware?.model ?? "", ...device.tags].some((text) =>
    text.toLowerCase().includes(wanted),
  );
