import { Hono } from "hono";
import { z } from "zod";
import { agentDefaults, limits } from "#wire";
import { configDocument, costs, layerKinds } from "../../firmware-configs/index.ts";
import { notFound } from "../base/errors.ts";
import { bodies, configLimits, configStatuses, itemOf, items, type PreviewWish } from "../config/index.ts";
import { actorOf, type Env } from "./context.ts";
import { kinds } from "./device-view.ts";
import { describe } from "./document.ts";
import { etagOf, versionSeen } from "./etag.ts";
import { body } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const control = /[^\P{Cc}\n]/u;
export const about = {
  message: z
    .string()
    .trim()
    .max(configLimits.messageChars)
    .refine((text) => !control.test(text), "no control characters")
    .optional(),
  /** How long a device has to prove that it still reaches the controller. */
  trialMs: z.int().min(configLimits.trialMs.least).max(configLimits.trialMs.most).optional(),
};
const anyObject = z.record(z.string(), z.unknown());
/** Judged by the room, which names each problem by its path; deeper it would overflow the stack of whoever writes it. */
const given = anyObject.refine(
  (value) => !isDeep(value, limits.jsonDepth),
  `nested more than ${limits.jsonDepth} deep`,
);
const isDeep = (value: unknown, left: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (left === 0 || Object.values(value).some((one) => isDeep(one, left - 1)));
const { variables, without } = bodies.device.shape;
const wish = z.strictObject({
  document: given.optional(),
  /** Its own; a secret that is given without a value stays as it is. */
  variables: variables.unwrap().optional(),
  /** Templates that it leaves out. */
  without: without.unwrap().optional(),
  ...about,
});

const id = z.string().min(1).max(64);
export const manyWish = z.strictObject({
  select: z.strictObject({
    devices: z.array(id).min(1).max(configLimits.devicesAtOnce).optional(),
    site: id.optional(),
    kind: z.enum(kinds).optional(),
    all: z.literal(true).optional(),
  }),
  /** A JSON merge patch (RFC 7396) over each device's document; null takes a setting away. */
  patch: given,
  ...about,
  /** Of the preview: refused when any of these devices was configured since. */
  seen: z.string().max(64).optional(),
});

/** Not of chosen devices: of whatever speaks about devices. */
const draftPreview = z.union([
  z.strictObject({ items, trialMs: about.trialMs }),
  z.strictObject({ draft: z.string().max(64), trialMs: about.trialMs }),
  z.strictObject({ backTo: z.int().min(0), trialMs: about.trialMs }),
]);

const count = z.int();
const problem = z.object({ path: z.string(), message: z.string() });
const who = z.object({ kind: z.string(), id: z.string(), name: z.string() });
/** With permissions as a number. */
const file = z.object({ path: z.string(), mode: count, text: z.string() });
const configSchema = z.object({
  revision: count,
  /** What it says itself; `composed` is what all together make, as it was sent last. */
  document: anyObject,
  variables: anyObject,
  without: z.array(z.string()),
  composed: anyObject,
  /** What that becomes on the device, secrets concealed; `left`: what the device has no words for. */
  files: z.array(file),
  left: z.array(problem),
  message: z.string(),
  by: who.nullable(),
  at: count.nullable(),
  trialMs: count,
  status: z.enum(configStatuses),
  since: count.nullable(),
  revertsAt: count.nullable(),
  attempt: count,
  mostAttempts: count,
  nextAt: count.nullable(),
  cause: z.string().nullable(),
  why: z.string().nullable(),
  problems: z.array(problem),
  onDevice: z.object({ revision: count, at: count }).nullable(),
  /** Files that somebody changed on the device, and since when that is known. */
  drift: z.array(z.object({ path: z.string() })),
  driftSince: count.nullable(),
  refusal: z.object({ at: count, message: z.string() }).nullable(),
  desired: count.nullable(),
  reported: count.nullable(),
  state: z.string(),
});
const revisionSchema = z.object({
  revision: count,
  /** As it was sent; `own`: what the device said itself. */
  document: anyObject,
  own: anyObject,
  message: z.string(),
  by: who,
  at: count,
  trialMs: count,
  outcome: z.string(),
  outcomeAt: count.nullable(),
  attempt: count,
  cause: z.string().nullable(),
  problems: z.array(problem),
});
const layer = z.object({ kind: z.enum(layerKinds), id: z.string(), name: z.string() });
const explainSchema = z.object({
  /** Weakest first. */
  layers: z.array(layer),
  document: z.unknown(),
  values: z.array(
    z.object({
      path: z.string(),
      value: z.unknown(),
      by: layer,
      /** What it overrode, weakest first. */
      over: z.array(z.object({ by: layer, value: z.unknown() })),
      variables: z.array(z.object({ name: z.string(), by: layer.nullable() })),
    }),
  ),
  problems: z.array(problem),
});
export const previewSchema = z.object({
  devices: count,
  changing: count,
  groups: z.array(
    z.object({
      devices: z.array(z.object({ id: z.string(), name: z.string() })),
      changes: z.array(
        z.object({
          path: z.string(),
          from: z.unknown(),
          to: z.unknown(),
          by: z.array(layer),
          variables: z.array(z.object({ name: z.string(), by: layer.nullable() })),
        }),
      ),
      /** Of the first device: lines that go ("- ") and come ("+ "), and what it has no words for. */
      rendered: z.array(z.object({ file: z.string(), lines: z.array(z.string()) })),
      left: z.array(problem),
    }),
  ),
  /** They change, too: too many changes to tell each. */
  others: z.array(z.object({ id: z.string(), name: z.string() })),
  effect: z.object({
    radiosRestarted: count,
    reconnects: count,
    moves: count,
    revertsAfterMs: count,
    away: count,
    foreign: count,
    /** How many devices need what, at the most. */
    needs: z.record(z.enum(costs), count),
  }),
  problems: z.array(problem.extend({ devices: count, example: z.string() })),
  seen: z.string(),
});

const one = { what: "What is wanted of the device, and how it stands", schema: configSchema };

function revisionOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw notFound("revision", text);
  return Number(text);
}

/** /devices/{id}/config: of one device. */
export const deviceConfig = ({ config }: Pick<HttpNeeds, "config">) =>
  new Hono<Env>()
    .get("/:id/config", describe("configuration", "Configuration of a device", { 200: one }), async (c) => {
      const found = await config.of(c.req.param("id"));
      c.header("etag", etagOf(found.revision));
      return c.json(found, 200);
    })
    .put(
      "/:id/config",
      describe("configuration", "Want another configuration; it is tried, and reverts by itself", { 200: one }),
      body(wish),
      async (c) => {
        const seen = versionSeen(c);
        const found = await config.put(actorOf(c), c.req.param("id"), { ...c.req.valid("json"), seen });
        c.header("etag", etagOf(found.revision));
        return c.json(found, 200);
      },
    )
    .get(
      "/:id/config/explain",
      describe("configuration", "What its templates, groups, site and itself make now, and who put each value there", {
        200: { what: "Layers, document, and the origin of each value", schema: explainSchema },
      }),
      async (c) => c.json(await config.explain(c.req.param("id")), 200),
    )
    .get(
      "/:id/config/revisions",
      describe("configuration", "What was wanted, by whom, and what came of it", {
        200: { what: "Newest first", schema: z.object({ items: z.array(revisionSchema) }) },
      }),
      async (c) => {
        const items = await config.revisions(c.req.param("id"));
        return c.json({ items: items.map(({ hash: _, ...shown }) => shown) }, 200);
      },
    )
    .get(
      "/:id/config/revisions/:revision/files",
      describe("configuration", "What a revision became on the device", {
        200: { what: "Files, secrets concealed", schema: z.object({ files: z.array(file), left: z.array(problem) }) },
      }),
      async (c) => c.json(await config.files(c.req.param("id"), revisionOf(c.req.param("revision"))), 200),
    )
    .post(
      "/:id/config/revisions/:revision/restore",
      describe("configuration", "Go back to an earlier document, as a new revision", { 200: one }),
      async (c) => {
        const revision = revisionOf(c.req.param("revision"));
        const found = await config.restore(actorOf(c), c.req.param("id"), revision, versionSeen(c));
        c.header("etag", etagOf(found.revision));
        return c.json(found, 200);
      },
    );

/** /config: of many devices at once. */
export const manyConfigs = ({ config }: Pick<HttpNeeds, "config">) =>
  new Hono<Env>()
    .get(
      "/schema",
      describe("configuration", "What a document may say, and what holds where it says nothing", {
        200: { what: "JSON Schema and defaults", schema: z.object({ schema: anyObject, defaults: anyObject }) },
      }),
      (c) => c.json({ schema: documentSchema(), defaults: { agent: agentDefaults } }, 200),
    )
    .post(
      "/preview",
      describe("configuration", "What a change would do, before it is sent", {
        200: { what: "Whom it changes, and how", schema: previewSchema },
      }),
      body(z.union([manyWish, draftPreview])),
      async (c) => {
        const asked = c.req.valid("json");
        const { trialMs } = asked;
        const items = "items" in asked ? asked.items.map(itemOf) : undefined;
        return c.json(await config.preview(items ? { items, trialMs } : (asked as PreviewWish)), 200);
      },
    )
    .put(
      "/",
      describe("configuration", "Change many devices; each tries it, and reverts by itself", {
        200: {
          what: "Who got a new revision",
          schema: z.object({ devices: z.array(z.string()), unchanged: count }),
        },
      }),
      body(manyWish),
      async (c) => c.json(await config.putMany(actorOf(c), c.req.valid("json")), 200),
    );

const documentSchema = (): Record<string, unknown> =>
  z.toJSONSchema(configDocument, { io: "input", unrepresentable: "any" }) as Record<string, unknown>;
