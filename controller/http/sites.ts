import { Hono } from "hono";
import { z } from "zod";
import { notFound } from "../base/errors.ts";
import { type Site, uplinkKinds, weekdays } from "../registry/index.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { etagOf, versionSeen } from "./etag.ts";
import { address, body, location, name, query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfList, pageQuery } from "./pages.ts";

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "such as 08:00; 24:00 ends a day");
const range = z.tuple([time, time]).refine(([from, to]) => from < to, "from before to");
const days = Object.fromEntries(weekdays.map((day) => [day, z.array(range).max(4).optional()])) as {
  [D in (typeof weekdays)[number]]: z.ZodOptional<z.ZodArray<typeof range>>;
};
const serviceHours = z.union([z.literal("always"), z.strictObject(days)]);
const timeZone = z
  .string()
  .max(64)
  .refine((zone) => {
    try {
      return new Intl.DateTimeFormat("en-GB", { timeZone: zone }) !== null;
    } catch {
      return false;
    }
  }, "an IANA time zone, such as Europe/London");
const uplink = z.strictObject({ kind: z.enum(uplinkKinds), address: address.optional() }).nullable();
/** Whom to call; notices say it. */
const contact = z
  .strictObject({
    supplier: name().optional(),
    phone: name(40).optional(),
    email: name(254).optional(),
    circuit: name().optional(),
    note: name(300).optional(),
  })
  .nullable();

const newSite = z.strictObject({
  name: name(),
  location,
  timeZone: timeZone.optional(),
  serviceHours: serviceHours.optional(),
  area: name().nullable().optional(),
  uplink: uplink.optional(),
  contact: contact.optional(),
});

const siteSchema = z.object({
  id: z.string(),
  name: z.string(),
  location,
  timeZone: z.string(),
  serviceHours,
  area: z.string().nullable(),
  uplink,
  contact,
  version: z.int(),
  createdAt: z.int(),
  updatedAt: z.int(),
});

const siteQuery = z.strictObject({ ...pageQuery, q: z.string().max(100).optional() });

const one = { what: "The site", schema: siteSchema };
const view = (site: Site): z.infer<typeof siteSchema> => site;

/** /sites */
export const sites = ({ registry }: Pick<HttpNeeds, "registry">) =>
  new Hono<Env>()
    .get(
      "/",
      describe("sites", "List sites", { 200: { what: "Sites by name", schema: pageOf(siteSchema) } }),
      query(siteQuery),
      (c) => {
        const asked = c.req.valid("query");
        const wanted = asked.q?.toLowerCase();
        const found =
          wanted === undefined ? registry.sites() : registry.sites().filter((site) => matches(site, wanted));
        const page = pageOfList(found, asked, (site) => [site.name, site.id]);
        return c.json({ items: page.items.map(view), next: page.next }, 200);
      },
    )
    .post("/", describe("sites", "Create a site", { 201: one }), body(newSite), async (c) => {
      const site = await registry.siteChanges.create(actorOf(c), c.req.valid("json"));
      c.header("etag", etagOf(site.version));
      return c.json(view(site), 201);
    })
    .get("/:id", describe("sites", "One site", { 200: one }), (c) => {
      const id = c.req.param("id");
      const site = registry.site(id);
      if (!site) throw notFound("site", id);
      c.header("etag", etagOf(site.version));
      return c.json(view(site), 200);
    })
    .patch("/:id", describe("sites", "Change a site", { 200: one }), body(newSite.partial()), async (c) => {
      const site = await registry.siteChanges.change(
        actorOf(c),
        c.req.param("id"),
        c.req.valid("json"),
        versionSeen(c),
      );
      c.header("etag", etagOf(site.version));
      return c.json(view(site), 200);
    })
    .delete("/:id", describe("sites", "Remove an empty site", { 204: { what: "Removed" } }), async (c) => {
      await registry.siteChanges.remove(actorOf(c), c.req.param("id"));
      return c.body(null, 204);
    });

const matches = (site: Site, wanted: string): boolean =>
  [site.name, site.id, site.area ?? ""].some((text) => text.toLowerCase().includes(wanted));
