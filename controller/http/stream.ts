import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import type { Cancel } from "../base/clock.ts";
import type { Env } from "./context.ts";
import { identify } from "./guard.ts";
import { query } from "./input.ts";
import { liveLimits } from "./limits.ts";
import type { HttpNeeds } from "./needs.ts";

const encoder = new TextEncoder();

/** GET /stream: server-sent events. Resumes by Last-Event-ID. */
export const stream = (needs: Pick<HttpNeeds, "live" | "clock" | "auth" | "log">) =>
  new Hono<Env>().get(
    "/",
    describeRoute({
      tags: ["live"],
      summary: "Live events, as server-sent events",
      description:
        "Resumes by `Last-Event-ID`, or `?after=` where a page opens another stream; the event `reset` says that some were missed. Events: `presence` (a state changed), `heard` (who was heard, every few seconds), `device`, `site`, `enrolment`, `incident` (one is other than before), `config` (how a configuration stands), and with `?latest=<device>` the newest values of that device.",
      responses: { 200: { description: "Events", content: { "text/event-stream": { schema: { type: "string" } } } } },
    }),
    query(z.strictObject({ latest: z.string().min(1).max(64).optional(), after: z.string().max(64).optional() })),
    (c) => {
      const { latest: latestOf, after: from } = c.req.valid("query");
      const after = c.req.header("last-event-id") ?? from;
      const stillAllowed = () => identify(needs.auth, c);
      const body = openStream(needs, { after, latestOf }, stillAllowed);
      return c.body(body, 200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        // Proxies that gather answers would hold live events back.
        "x-accel-buffering": "no",
      });
    },
  );

/** @param stillAllowed asked at every ping: who signed out or lost access is cut */
function openStream(
  needs: Pick<HttpNeeds, "live" | "clock" | "log">,
  asked: { after: string | undefined; latestOf: string | undefined },
  stillAllowed: () => Promise<unknown>,
): ReadableStream<Uint8Array> {
  const { live, clock, log } = needs;
  let leave: () => void = () => undefined;
  let stopPings: Cancel = () => undefined;
  let ended = false;
  const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const send = (text: string): boolean => {
      if (ended) return false;
      controller.enqueue(encoder.encode(text));
      return (controller.desiredSize ?? 0) > 0;
    };
    const end = () => {
      if (ended) return;
      ended = true;
      leave();
      stopPings();
      controller.close();
    };
    const ping = async () => {
      if (!(await stillAllowed()) || !send(": ping\n\n")) end();
    };
    leave = live.subscribe({ send, end, latestOf: asked.latestOf }, asked.after);
    stopPings = clock.every(liveLimits.pingMs, () => {
      ping().catch((error) => {
        log.warn("a live stream was ended", { error });
        end();
      });
    });
    if (ended) stopPings();
  };
  const cancel = () => {
    ended = true;
    leave();
    stopPings();
  };
  return new ReadableStream(
    { start, cancel },
    new ByteLengthQueuingStrategy({ highWaterMark: liveLimits.unreadBytes }),
  );
}
