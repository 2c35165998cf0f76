import { Hono } from "hono";
import { z } from "zod";
import { type Channel, channelKinds, deliveryChange, deliverySchema } from "../notify/index.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { etagOf, versionSeen } from "./etag.ts";
import { body, name, query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfList, pageQuery } from "./pages.ts";

/** What a kind has to have is checked by the kind itself. */
const settings = z.record(z.string().max(64), z.unknown());
const newChannel = z.strictObject({
  kind: z.enum(channelKinds),
  name: name(),
  settings,
  delivery: deliveryChange.optional(),
});
const change = z.strictObject({
  name: name().optional(),
  settings: settings.optional(),
  delivery: deliveryChange.optional(),
  /** Milliseconds since 1970 UTC; null: no longer muted. */
  mutedUntil: z.int().min(0).nullable().optional(),
});

const channelSchema = z.object({
  id: z.string(),
  kind: z.enum(channelKinds),
  name: z.string(),
  /** Without secrets, but for the answer to the call that had one made: it is shown once. */
  settings: z.record(z.string(), z.any()),
  /** Names of the secrets that are set. */
  secrets: z.array(z.string()),
  /** Where it goes, in one line. */
  target: z.string(),
  /** Whether people read it: then it may have digests and working hours. */
  people: z.boolean(),
  delivery: deliverySchema,
  mutedUntil: z.int().nullable(),
  health: z.object({
    lastSuccessAt: z.int().nullable(),
    failures: z.int(),
    lastAnswer: z.string().nullable(),
    lastAnswerAt: z.int().nullable(),
    waiting: z.int(),
    /** Of the waiting: for a digest, and when the next of them goes out. */
    held: z.int(),
    heldUntil: z.int().nullable(),
    dead: z.int(),
    problem: z.string().nullable(),
    /** Open incidents that began before this channel was there. */
    missed: z.int(),
    /** Name of the channel that is told instead. */
    fallback: z.string().nullable(),
  }),
  version: z.int(),
  createdAt: z.int(),
  updatedAt: z.int(),
});
const testSchema = z.object({ ok: z.boolean(), answer: z.string(), tookMs: z.int() });
const one = { what: "The channel", schema: channelSchema };
const noHealth: z.infer<typeof channelSchema>["health"] = {
  ...{ lastSuccessAt: null, failures: 0, lastAnswer: null, lastAnswerAt: null, waiting: 0, held: 0, heldUntil: null },
  ...{ dead: 0, problem: null, missed: 0, fallback: null },
};
const kindSchema = z.object({
  kind: z.enum(channelKinds),
  title: z.string(),
  help: z.string(),
  people: z.boolean(),
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.enum(["text", "number", "yes-no", "list", "choice"]),
      required: z.boolean(),
      label: z.string(),
      hint: z.string().optional(),
      placeholder: z.string().optional(),
      secret: z.literal(true).optional(),
      long: z.literal(true).optional(),
      rare: z.literal(true).optional(),
      options: z.array(z.string()).optional(),
    }),
  ),
  presets: z.array(z.object({ title: z.string(), settings: z.record(z.string(), z.any()) })),
  delivery: deliverySchema,
});

/** /channels: who is told, and how. */
export const channels = ({ notify }: Pick<HttpNeeds, "notify">) => {
  const views = async (some: readonly Channel[]): Promise<z.infer<typeof channelSchema>[]> => {
    const health = await notify.healthOf(some.map(({ id }) => id));
    return some.map((channel) => ({ ...channel, health: health.get(channel.id) ?? noHealth }));
  };
  const view = async (channel: Channel) => (await views([channel]))[0] as z.infer<typeof channelSchema>;
  return new Hono<Env>()
    .get(
      "/",
      describe("alerts", "List channels", { 200: { what: "Channels by name", schema: pageOf(channelSchema) } }),
      query(z.strictObject(pageQuery)),
      async (c) => {
        const page = pageOfList(await notify.channels.list(), c.req.valid("query"), (one) => [one.name, one.id]);
        return c.json({ items: await views(page.items), next: page.next }, 200);
      },
    )
    .get(
      "/kinds",
      describe("alerts", "Kinds of channels, each with what can be set", {
        200: { what: "In the order in which people choose", schema: z.object({ items: z.array(kindSchema) }) },
      }),
      (c) => c.json({ items: notify.kinds() }, 200),
    )
    .post(
      "/",
      describe("alerts", "Create a channel; a secret that was made for it is in this answer only", { 201: one }),
      body(newChannel),
      async (c) => {
        const { channel, made } = await notify.channels.create(actorOf(c), c.req.valid("json"));
        c.header("etag", etagOf(channel.version));
        if (Object.keys(made).length > 0) c.set("shownOnce", true);
        const shown = await view(channel);
        return c.json({ ...shown, settings: { ...shown.settings, ...made } }, 201);
      },
    )
    .get("/:id", describe("alerts", "One channel", { 200: one }), async (c) => {
      const channel = await notify.channels.of(c.req.param("id"));
      c.header("etag", etagOf(channel.version));
      return c.json(await view(channel), 200);
    })
    .patch(
      "/:id",
      describe("alerts", "Change a channel; a secret that is null is made anew or taken away", { 200: one }),
      body(change),
      async (c) => {
        const seen = versionSeen(c);
        const changed = await notify.channels.change(actorOf(c), c.req.param("id"), c.req.valid("json"), seen);
        c.header("etag", etagOf(changed.channel.version));
        const shown = await view(changed.channel);
        return c.json({ ...shown, settings: { ...shown.settings, ...changed.made } }, 200);
      },
    )
    .delete(
      "/:id",
      describe("alerts", "Remove a channel; for ten minutes it can be brought back", { 204: { what: "Removed" } }),
      async (c) => {
        await notify.channels.remove(actorOf(c), c.req.param("id"), versionSeen(c));
        return c.body(null, 204);
      },
    )
    .post("/:id/restore", describe("alerts", "Bring a channel back that was just removed", { 200: one }), async (c) => {
      const channel = await notify.channels.restore(actorOf(c), c.req.param("id"));
      c.header("etag", etagOf(channel.version));
      return c.json(await view(channel), 200);
    })
    .post(
      "/:id/test",
      describe("alerts", "Send a test now", { 200: { what: "What the receiver said", schema: testSchema } }),
      async (c) => c.json(await notify.test(c.req.param("id")), 200),
    );
};
