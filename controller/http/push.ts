import { Hono } from "hono";
import { z } from "zod";
import { actorOf, type Env } from "./context.ts";
import { describe } from "./document.ts";
import { body, name } from "./input.ts";
import type { HttpNeeds } from "./needs.ts";

const secret = z.string().max(200);
/** As a browser gives it (`PushSubscription.toJSON`), with a name for people. */
const subscription = z.strictObject({
  name: name(),
  endpoint: z.string().max(2_048),
  keys: z.strictObject({ p256dh: secret, auth: secret }),
});

/** /push: notifications of the browser that one sits before. It becomes a channel, with health and hours of its own. */
export const push = ({ notify }: Pick<HttpNeeds, "notify">) =>
  new Hono<Env>()
    .get(
      "/",
      describe("alerts", "The key to subscribe with", {
        200: { what: "As base64url of the raw point", schema: z.object({ key: z.string() }) },
      }),
      (c) => c.json({ key: notify.push.key }, 200),
    )
    .post(
      "/",
      describe("alerts", "Notify this browser", {
        201: {
          what: "Its channel, and by what it finds itself again",
          schema: z.object({ channel: z.string(), browser: z.string() }),
        },
      }),
      body(subscription),
      async (c) => {
        const { id, settings } = await notify.push.subscribe(actorOf(c), c.req.valid("json"));
        return c.json({ channel: id, browser: String(settings["browser"]) }, 201);
      },
    )
    .delete("/:browser", describe("alerts", "Notify this browser no more", { 204: { what: "Removed" } }), async (c) => {
      await notify.push.unsubscribe(actorOf(c), c.req.param("browser"));
      return c.body(null, 204);
    });
