import { Hono } from "hono";
import { z } from "zod";
import { notFound } from "../base/errors.ts";
import {
  calendarLimits,
  formatHours,
  holidayCalendars,
  isRange,
  isTime,
  parseDay,
  parseHours,
  type Registry,
  type Site,
  uplinkKinds,
  weekdays,
} from "../registry/index.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { etagOf, versionSeen } from "./etag.ts";
import { address, body, location, name, query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfList, pageQuery } from "./pages.ts";

const time = z.string().max(5).refine(isTime, "such as 08:00, dawn or dusk; 24:00 ends a day");
const range = z.tuple([time, time]).refine(isRange, "from before to");
const days = Object.fromEntries(weekdays.map((day) => [day, z.array(range).max(4).optional()])) as {
  [D in (typeof weekdays)[number]]: z.ZodOptional<z.ZodArray<typeof range>>;
};
/** As people write it, by the reader that knows what is allowed. */
const written = <T>(read: (text: string) => T) =>
  z
    .string()
    .max(500)
    .transform((text, context) => {
      try {
        return read(text);
      } catch (error) {
        context.addIssue({ code: "custom", message: (error as Error).message });
        return z.NEVER;
      }
    });
const serviceHours = z.union([z.literal("always"), z.strictObject(days)]);
const givenHours = z.union([serviceHours, written(parseHours)]);
const date = z.iso.date();
const dayHours = z.union([z.enum(["open", "closed"]), z.array(range).max(calendarLimits.ranges)]);
const calendarOf = <H extends z.ZodType>(hours: H) =>
  z.strictObject({
    holidays: z.strictObject({ dates: z.array(date).max(calendarLimits.dates), hours }).nullable(),
    exceptions: z
      .array(
        z
          .strictObject({ from: date, to: date.optional(), hours, why: name(calendarLimits.whyChars).optional() })
          .refine(({ from, to = from }) => from <= to, { message: "the last day is before the first", path: ["to"] }),
      )
      .max(calendarLimits.exceptions),
  });
const calendar = calendarOf(dayHours);
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
  serviceHours: givenHours.optional(),
  calendar: calendarOf(z.union([dayHours, written(parseDay)])).optional(),
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
  /** The same as people write it. */
  serviceHoursText: z.string(),
  calendar,
  /** When it serves within the next days; of a site that always does, nothing is listed. */
  serves: z.array(z.object({ from: z.int(), to: z.int() })),
  area: z.string().nullable(),
  uplink,
  contact,
  version: z.int(),
  createdAt: z.int(),
  updatedAt: z.int(),
});

const siteQuery = z.strictObject({ ...pageQuery, q: z.string().max(100).optional() });

const one = { what: "The site", schema: siteSchema };
const dayMs = 86_400_000;
const [daysListed, servesListed] = [8, 8];
const holidaysSchema = z.object({
  calendars: z.array(
    z.object({ id: z.string(), name: z.string(), days: z.array(z.object({ date: z.string(), name: z.string() })) }),
  ),
});

function viewOf(registry: Registry, site: Site, now: number): z.infer<typeof siteSchema> {
  const { holidays, exceptions } = site.calendar;
  const isPlain = site.serviceHours === "always" && holidays === null && exceptions.length === 0;
  const serves = isPlain ? [] : registry.servedBy(site.id, { from: now, to: now + daysListed * dayMs });
  return { ...site, serviceHoursText: formatHours(site.serviceHours), serves: serves.slice(0, servesListed) };
}

/** /sites */
export const sites = ({ registry, clock }: Pick<HttpNeeds, "registry" | "clock">) => {
  const view = (site: Site) => viewOf(registry, site, clock.now());
  return new Hono<Env>()
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
    .get(
      "/holidays",
      describe("sites", "Bank holidays to choose from", { 200: { what: "Calendars", schema: holidaysSchema } }),
      (c) => c.json({ calendars: holidayCalendars.map(({ id, name, days }) => ({ id, name, days: [...days] })) }, 200),
    )
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
};

const matches = (site: Site, wanted: string): boolean =>
  [site.name, site.id, site.area ?? ""].some((text) => text.toLowerCase().includes(wanted));
