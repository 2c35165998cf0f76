import { Hono } from "hono";
import { z } from "zod";
import { alertBounds } from "../alert/index.ts";
import { invalid, notFound } from "../base/errors.ts";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { body, query } from "./input.ts";
import { httpLimits } from "./limits.ts";
import type { HttpNeeds } from "./needs.ts";
import { keyCursor, pageOf, pageOfKeys, pageQuery } from "./pages.ts";

const states = ["open", "resolved", "closed"] as const;
const severities = ["critical", "major", "warning", "info"] as const;
const at = z.int();

/** A notice as a channel got it, or not. */
export const toldSchema = z.object({
  channel: z.string(),
  name: z.string().nullable(),
  kind: z.string(),
  at,
  /** waiting, sent, merged (a later notice said it), withdrawn, skipped (not for this channel) or dead. */
  outcome: z.string(),
  answer: z.string().nullable(),
  attempts: z.int(),
  /** Of a waiting one: retry, digest, overflow or mute, and until when. */
  waitsFor: z.string().optional(),
  due: at.optional(),
  /** The channel that could not be told it. */
  insteadOf: z.string().optional(),
  /** Of the ticket that it opened, and its page. */
  reference: z.string().optional(),
  link: z.string().optional(),
});

/** DESIGN §8 "incident". */
const incidentSchema = z.object({
  id: z.string(),
  state: z.enum(states),
  severity: z.enum(severities),
  /** One of the controller's own (controller_blind, cannot_store, site_unreachable, device_down, agent_down), or the id of
   *  a rule. */
  rule: z.string(),
  /** line, restart, stopped; of a closed one: removed, folded, blind. */
  cause: z.enum(["line", "restart", "stopped", "removed", "folded", "blind"]).nullable(),
  sentence: z.string(),
  root: z.object({ type: z.string(), id: z.string(), name: z.string() }),
  site: z.string().nullable(),
  members: z.array(
    z.object({
      device: z.string(),
      name: z.string(),
      rule: z.string(),
      state: z.enum(["down", "back", "gone", "left"]),
      since: at,
      backAt: at.nullable(),
      /** topology, maintenance or silence; of the last two with why and until when. */
      suppressedBy: z.string().optional(),
      suppressedWhy: z.string().optional(),
      suppressedUntil: at.optional(),
    }),
  ),
  since: at,
  openedAt: at,
  resolvedAt: at.nullable(),
  ackedBy: z.string().optional(),
  ackedAt: at.optional(),
  ackedUntil: at.optional(),
  assignee: z.object({ id: z.string(), name: z.string() }).optional(),
  /** Nobody is told of it for now, or was when it ended. */
  mutedBy: z
    .object({ id: z.string(), by: z.enum(["maintenance", "silence"]), who: z.string(), why: z.string(), until: at })
    .optional(),
  /** Which step comes next, and when; null: it stands while somebody has it or nobody is to be told. */
  escalation: z.object({ nextStep: z.int(), nextAt: at.nullable(), round: z.int() }).optional(),
  reference: z.string().optional(),
  includes: z.array(z.string()),
  /** What changed at its site in the hour before it, newest first; `device`: of one alone. */
  changed: z.array(z.object({ at, text: z.string(), device: z.string().optional() })),
  told: z.array(toldSchema),
});

const whole = z.object({
  ...incidentSchema.shape,
  timeline: z.array(
    z.object({
      id: z.int(),
      at,
      kind: z.string(),
      text: z.string(),
      actor: z.object({ kind: z.string(), id: z.string() }).nullable(),
    }),
  ),
});

const incidentQuery = z.strictObject({
  ...pageQuery,
  state: z.enum(states).optional(),
  site: z.string().min(1).max(64).optional(),
  device: z.string().min(1).max(64).optional(),
});

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text.replace(/[\n\t]/g, "")), "no control characters");
const noteSchema = z
  .strictObject({ text: line(2_000).min(1).optional(), reference: line(200).optional() })
  .refine(({ text, reference }) => text !== undefined || reference !== undefined, "a text, a reference, or both");

/** No more of a person than whose name it is. */
const assignable = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });

/** Until then nobody is told again; 4 hours where it is left out. */
const ackSchema = z.strictObject({ forMs: z.int().min(alertBounds.ackLeastMs).max(alertBounds.ackMostMs).optional() });
/** Id of a user; null: nobody in particular. */
const assignSchema = z.strictObject({ user: z.string().min(1).max(64).nullable() });

/** /incidents */
export const incidents = ({ alerts: all, auth }: Pick<HttpNeeds, "alerts" | "auth">) => {
  const one = async (id: string) => {
    const incident = await all.of(id);
    if (!incident) throw notFound("incident", id);
    return { ...incident, timeline: await all.events(id) };
  };
  const answer = { 200: { what: "The incident with its timeline", schema: whole } };
  return new Hono<Env>()
    .get(
      "/",
      describe("alerts", "List incidents", { 200: { what: "Newest first", schema: pageOf(incidentSchema) } }),
      query(incidentQuery),
      async (c) => {
        const { limit = httpLimits.pageItemsUsual, cursor, state, site, device } = c.req.valid("query");
        const key = keyCursor(cursor, 2);
        const openedAt = Number(key?.[0]);
        if (key && !Number.isSafeInteger(openedAt)) throw invalid("this cursor is not one of ours");
        const before = key ? { openedAt, id: key[1] ?? "" } : undefined;
        const rows = await all.list({ state, site, device, before, limit: limit + 1 });
        return c.json(
          pageOfKeys(rows, limit, (row) => [String(row.openedAt), row.id]),
          200,
        );
      },
    )
    .get(
      "/assignable",
      describe("alerts", "Whom an incident can be given to", { 200: { what: "People by name", schema: assignable } }),
      async (c) => {
        const able = (await auth.users.list()).filter(({ disabled, role }) => !disabled && role !== "viewer");
        return c.json({ items: able.map(({ id, name }) => ({ id, name })) }, 200);
      },
    )
    .get("/:id", describe("alerts", "One incident", answer), async (c) => c.json(await one(c.req.param("id")), 200))
    .post("/:id/ack", describe("alerts", "Say that you have it, or longer", answer), body(ackSchema), async (c) => {
      await all.ack(c.req.param("id"), actorOf(c), c.req.valid("json").forMs);
      return c.json(await one(c.req.param("id")), 200);
    })
    .post("/:id/unack", describe("alerts", "Say that nobody has it", answer), async (c) => {
      await all.unack(c.req.param("id"), actorOf(c));
      return c.json(await one(c.req.param("id")), 200);
    })
    .post("/:id/assign", describe("alerts", "Say whose it is", answer), body(assignSchema), async (c) => {
      await all.assign(c.req.param("id"), actorOf(c), c.req.valid("json").user);
      return c.json(await one(c.req.param("id")), 200);
    })
    .post(
      "/:id/note",
      describe("alerts", "Note something, or a ticket's reference", answer),
      body(noteSchema),
      async (c) => {
        await all.note(c.req.param("id"), actorOf(c), c.req.valid("json"));
        return c.json(await one(c.req.param("id")), 200);
      },
    );
};
