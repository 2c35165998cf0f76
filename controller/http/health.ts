import { type Context, Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { unauthenticated } from "../base/errors.ts";
import { addressOf, type Env } from "./context.ts";
import { identify } from "./guard.ts";
import type { HttpNeeds, Metric } from "./needs.ts";

const text = (summary: string) =>
  describeRoute({ tags: ["operation"], summary, responses: { 200: { description: summary } } });

/** /healthz, /readyz, /metrics: for those who watch the watcher. */
export const health = (needs: Pick<HttpNeeds, "health" | "metrics" | "auth" | "live" | "version" | "demo">) =>
  new Hono<Env>()
    .get("/healthz", text("The process runs"), (c) =>
      c.json({ ok: true, version: needs.version, ...(needs.demo ? { simulated: true } : {}) }, 200),
    )
    .get("/readyz", text("It can do its job: store what devices send"), (c) => {
      const state = needs.health();
      return c.json(state, state.ready ? 200 : 503);
    })
    .get(
      "/metrics",
      text("Numbers in Prometheus' text format; from elsewhere than this machine with a token"),
      async (c) => {
        if (!isLocal(c) && !(await identify(needs.auth, c)))
          throw unauthenticated("not-signed-in", "metrics need a token");
        const streams: Metric = {
          name: "lamplighter_live_streams",
          kind: "gauge",
          help: "Open live streams.",
          values: [{ value: needs.live.subscribers() }],
        };
        const body = [...needs.metrics(), streams].map(prometheus).join("");
        return c.body(body, 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
      },
    );

/** Of this machine, and not handed on by a proxy on it. */
const isLocal = (c: Context<Env>): boolean =>
  /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(addressOf(c)) &&
  !["x-forwarded-for", "forwarded", "via"].some((name) => c.req.header(name) !== undefined);

const escapeLabel = (value: string) => value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");

/** One metric as text. Pure. */
export function prometheus({ name, kind, help, values }: Metric): string {
  const lines = values.map(({ labels, value }) => {
    const inner = Object.entries(labels ?? {}).map(([key, said]) => `${key}="${escapeLabel(said)}"`);
    return `${name}${inner.length > 0 ? `{${inner.join(",")}}` : ""} ${value}\n`;
  });
  return `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${kind}\n${lines.join("")}`;
}
