import { Hono } from "hono";
import { z } from "zod";
import {
  type MuteEntry,
  type MuteKind,
  muteLimits,
  muteStates,
  newSilence,
  newWindow,
  selector,
  silenceChange,
  windowChange,
  windowWhen,
} from "../alert/index.ts";
import { invalid } from "../base/errors.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { etagOf, versionSeen } from "./etag.ts";
import { body, instant, query } from "./input.ts";
import { httpLimits } from "./limits.ts";
import type { HttpNeeds } from "./needs.ts";
import { keyCursor, pageOf, pageOfKeys, pageQuery } from "./pages.ts";

const at = z.int();
const { calendarDays } = muteLimits;
const common = {
  id: z.string(),
  scope: selector.shape.scope,
  rules: z.array(z.string()),
  why: z.string(),
  madeBy: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  state: z.enum(muteStates),
  /** While it is active: since when and until when. */
  since: at.nullable(),
  until: at.nullable(),
  /** When it begins next; null: not within years. */
  nextAt: at.nullable(),
  /** Ended early. */
  endedAt: at.nullable(),
  version: z.int(),
  createdAt: at,
  updatedAt: at,
};
const silenceSchema = z.object({ ...common, startAt: at, endAt: at });
const windowSchema = z.object({ ...common, when: windowWhen, sla: z.enum(["exclude", "count"]) });
const matchesSchema = z.object({
  /** 0 where only rules are named: then it is whatever they look at. */
  devices: z.int(),
  /** Open ones that it touches; `whole`: nobody would be told of them. */
  incidents: z.array(z.object({ id: z.string(), sentence: z.string(), whole: z.boolean() })),
  /** Its next occurrences. */
  next: z.array(z.object({ from: at, to: at })),
});
const calendarSchema = z.object({ items: z.array(z.object({ id: z.string(), from: at, to: at })) });
const dayMs = 86_400_000;
const calendarQuery = z
  .strictObject({ from: instant, to: instant })
  .refine(({ from, to }) => from < to && to - from <= calendarDays * dayMs, {
    path: ["to"],
    message: `after from, at most ${calendarDays} days`,
  });
const windowTrial = z.strictObject({ ...selector.shape, when: windowWhen.optional() });

const muteQuery = z.strictObject({ ...pageQuery, state: z.enum(muteStates).optional() });
type Asked = z.infer<typeof muteQuery>;

/** What both kinds have in common. */
const shared = (mutes: HttpNeeds["mutes"], kind: MuteKind) => {
  const view = (entry: MuteEntry) => {
    const { kind: _, overAt: __, when, sla, ...known } = entry;
    return { known: { ...known, rules: [...known.rules], ...mutes.standingOf(entry) }, when, sla };
  };
  const keyOf = ({ createdAt, id }: MuteEntry) => [String(createdAt), id];

  async function page({ state, cursor, limit = httpLimits.pageItemsUsual }: Asked) {
    const key = keyCursor(cursor, 2);
    const createdAt = Number(key?.[0]);
    if (key && !Number.isSafeInteger(createdAt)) throw invalid("this cursor is not one of ours");
    const before = key ? { createdAt, id: key[1] ?? "" } : undefined;
    if (state === undefined || state === "over")
      return pageOfKeys(await mutes.list(kind, { limit: limit + 1, before, over: state === "over" }), limit, keyOf);
    const isBehind = (one: MuteEntry) =>
      !before || one.createdAt < before.createdAt || (one.createdAt === before.createdAt && one.id < before.id);
    const wanted = mutes.live(kind).filter((one) => isBehind(one) && mutes.standingOf(one).state === state);
    return pageOfKeys(wanted, limit, keyOf);
  }
  return { view, page };
};

/** /silences */
export const silences = ({ mutes }: Pick<HttpNeeds, "mutes">) => {
  const { view: viewOf, page } = shared(mutes, "silence");
  const view = (entry: MuteEntry): z.infer<typeof silenceSchema> => {
    const { known, when } = viewOf(entry);
    return { ...known, ...(when as { startAt: number; endAt: number }) };
  };
  const one = { what: "The silence", schema: silenceSchema };
  return new Hono<Env>()
    .get(
      "/",
      describe("alerts", "List silences", { 200: { what: "Newest first", schema: pageOf(silenceSchema) } }),
      query(muteQuery),
      async (c) => {
        const { items, next } = await page(c.req.valid("query"));
        return c.json({ items: items.map(view), next }, 200);
      },
    )
    .post("/", describe("alerts", "Silence something for a while", { 201: one }), body(newSilence), async (c) => {
      const made = await mutes.silence(actorOf(c), c.req.valid("json"));
      c.header("etag", etagOf(made.version));
      return c.json(view(made), 201);
    })
    .post(
      "/matches",
      describe("alerts", "What a silence would hold back", { 200: { what: "Matches", schema: matchesSchema } }),
      body(selector),
      (c) => c.json(mutes.matches(c.req.valid("json")), 200),
    )
    .get("/:id", describe("alerts", "One silence", { 200: one }), async (c) => {
      const entry = await mutes.of("silence", c.req.param("id"));
      c.header("etag", etagOf(entry.version));
      return c.json(view(entry), 200);
    })
    .patch("/:id", describe("alerts", "Change a silence", { 200: one }), body(silenceChange), async (c) => {
      const entry = await mutes.changeSilence(actorOf(c), c.req.param("id"), c.req.valid("json"), versionSeen(c));
      c.header("etag", etagOf(entry.version));
      return c.json(view(entry), 200);
    })
    .post("/:id/end", describe("alerts", "End a silence now", { 200: one }), async (c) =>
      c.json(view(await mutes.end(actorOf(c), "silence", c.req.param("id"))), 200),
    )
    .delete(
      "/:id",
      describe("alerts", "Take back a silence that was just made", { 204: { what: "As if it had never been" } }),
      async (c) => {
        await mutes.takeBack(actorOf(c), c.req.param("id"));
        return c.body(null, 204);
      },
    );
};

/** /maintenance-windows */
export const maintenanceWindows = ({ mutes }: Pick<HttpNeeds, "mutes">) => {
  const { view: viewOf, page } = shared(mutes, "maintenance");
  const view = (entry: MuteEntry): z.infer<typeof windowSchema> => {
    const { known, when, sla } = viewOf(entry);
    return { ...known, when, sla: sla ?? "exclude" };
  };
  const one = { what: "The maintenance window", schema: windowSchema };
  return new Hono<Env>()
    .get(
      "/",
      describe("alerts", "List maintenance windows", { 200: { what: "Newest first", schema: pageOf(windowSchema) } }),
      query(muteQuery),
      async (c) => {
        const { items, next } = await page(c.req.valid("query"));
        return c.json({ items: items.map(view), next }, 200);
      },
    )
    .post(
      "/",
      describe("alerts", "Plan maintenance, once or again and again", { 201: one }),
      body(newWindow),
      async (c) => {
        const made = await mutes.plan(actorOf(c), c.req.valid("json"));
        c.header("etag", etagOf(made.version));
        return c.json(view(made), 201);
      },
    )
    .post(
      "/matches",
      describe("alerts", "What a window would hold back, and when", {
        200: { what: "Matches", schema: matchesSchema },
      }),
      body(windowTrial),
      (c) => c.json(mutes.matches(c.req.valid("json")), 200),
    )
    .get(
      "/calendar",
      describe("alerts", "When there is maintenance", {
        200: { what: "Occurrences of windows that are not over, in order", schema: calendarSchema },
      }),
      query(calendarQuery),
      (c) => {
        const { from, to } = c.req.valid("query");
        return c.json({ items: mutes.calendar(from, to) }, 200);
      },
    )
    .get("/:id", describe("alerts", "One maintenance window", { 200: one }), async (c) => {
      const entry = await mutes.of("maintenance", c.req.param("id"));
      c.header("etag", etagOf(entry.version));
      return c.json(view(entry), 200);
    })
    .patch("/:id", describe("alerts", "Change a maintenance window", { 200: one }), body(windowChange), async (c) => {
      const entry = await mutes.changeWindow(actorOf(c), c.req.param("id"), c.req.valid("json"), versionSeen(c));
      c.header("etag", etagOf(entry.version));
      return c.json(view(entry), 200);
    })
    .post("/:id/end", describe("alerts", "End a maintenance window now, for good", { 200: one }), async (c) =>
      c.json(view(await mutes.end(actorOf(c), "maintenance", c.req.param("id"))), 200),
    )
    .delete("/:id", describe("alerts", "Remove one that never began", { 204: { what: "Removed" } }), async (c) => {
      await mutes.remove(actorOf(c), c.req.param("id"));
      return c.body(null, 204);
    });
};
