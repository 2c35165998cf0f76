import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { Cancel } from "../base/clock.ts";
import type { Env } from "./context.ts";
import { identify } from "./guard.ts";
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
        "Resumes by `Last-Event-ID`; the event `reset` says that some were missed. Events: `presence`, `latest`, `device`, `site`, `enrolment`.",
      responses: { 200: { description: "Events", content: { "text/event-stream": { schema: { type: "string" } } } } },
    }),
    (c) => {
      const after = c.req.header("last-event-id");
      const stillAllowed = () => identify(needs.auth, c);
      const body = openStream(needs, after, stillAllowed);
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
  after: string | undefined,
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
    leave = live.subscribe({ send, end }, after);
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
