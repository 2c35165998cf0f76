import { Hono } from "hono";
import { z } from "zod";
import { messages } from "#wire";
import { type WaitingDevice, waitingStates } from "../registry/index.ts";
import { actorOf, addressOf, type Env } from "./context.ts";
import { kinds } from "./device-view.ts";
import { describe } from "./document.ts";
import { body, name, query } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";
import { pageOf, pageOfList, pageQuery } from "./pages.ts";

const waitingSchema = z.object({
  id: z.string(),
  state: z.enum(waitingStates),
  why: z.string(),
  kind: z.enum(kinds),
  hardware: z.object({ model: z.string(), serial: z.string(), mac: z.string().nullable() }),
  device: z.string().nullable(),
  address: z.string(),
  firstAt: z.int(),
  lastAt: z.int(),
});
const view = (one: WaitingDevice): z.infer<typeof waitingSchema> => one;

const approval = z.strictObject({
  /** Takes the place of this device. */
  device: z.string().min(1).max(64).optional(),
  name: name().optional(),
  site: z.string().min(1).max(64).optional(),
});
const one = { what: "The device that waits", schema: waitingSchema };

/** /enrolments: devices knock, people decide. */
export const enrolments = ({ registry }: Pick<HttpNeeds, "registry">) =>
  new Hono<Env>()
    .post(
      "/",
      describe("enrolment", "A device enrols itself (no session needed)", {
        201: { what: "Its id, password and keys", schema: messages.enrolled },
        202: { what: "A person decides; repeat the call", schema: messages.enrolmentAwaiting },
      }),
      body(messages.enrolment),
      async (c) => {
        const answer = await registry.knock(c.req.valid("json"), addressOf(c));
        if (answer.enrolled) return c.json(answer.enrolled, 201);
        return c.json({ state: answer.state, why: answer.why, listed: answer.listed }, 202);
      },
    )
    .get(
      "/",
      describe("enrolment", "Devices that knocked", {
        200: { what: "Last knock first", schema: pageOf(waitingSchema) },
      }),
      query(z.strictObject({ ...pageQuery, state: z.enum(waitingStates).optional() })),
      async (c) => {
        const asked = c.req.valid("query");
        const page = pageOfList(await registry.waiting.list(asked.state), asked, lastFirst);
        return c.json({ items: page.items.map(view), next: page.next }, 200);
      },
    )
    .get("/:id", describe("enrolment", "A device that knocked", { 200: one }), async (c) =>
      c.json(view(await registry.waiting.get(c.req.param("id"))), 200),
    )
    .post("/:id/approve", describe("enrolment", "Let it in", { 200: one }), body(approval), async (c) => {
      const { device, name: called, site } = c.req.valid("json");
      const as = { ...(device && { device }), ...(called && { name: called }), ...(site && { site }) };
      return c.json(view(await registry.waiting.approve(actorOf(c), c.req.param("id"), as)), 200);
    })
    .post("/:id/reject", describe("enrolment", "Keep it out", { 200: one }), async (c) =>
      c.json(view(await registry.waiting.reject(actorOf(c), c.req.param("id"))), 200),
    );

const lastFirst = ({ lastAt, id }: WaitingDevice): string[] => [
  String(Number.MAX_SAFE_INTEGER - lastAt).padStart(16, "0"),
  id,
];
