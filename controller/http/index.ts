/** The API (DESIGN §8), live events, and the dashboards' build. */
import { Hono } from "hono";
import { openAPIRouteHandler } from "hono-openapi";
import { notFound } from "../base/errors.ts";
import { createApi } from "./api.ts";
import type { Env } from "./context.ts";
import { docs } from "./docs.ts";
import { headers } from "./headers.ts";
import { health } from "./health.ts";
import { httpLimits } from "./limits.ts";
import type { HttpNeeds } from "./needs.ts";
import { onError } from "./problems.ts";
import { web } from "./web.ts";

export type { BreakWish, DemoView } from "./demo.ts";
export { httpLimits, liveLimits } from "./limits.ts";
export { createLive, type Live } from "./live.ts";
export type { Demo, Health, HttpNeeds, Metric } from "./needs.ts";
export { type HttpServer, serveHttp } from "./serve.ts";

/** For the dashboards' typed client: `hc<Api>("/")`, by `import type`. */
export type Api = ReturnType<typeof createApi>;

/** Throws SettingsError when the build's files are not there. */
export function createHttp(needs: HttpNeeds): Hono<Env> {
  const app = new Hono<Env>();
  const api = createApi(needs);
  const documentation = {
    info: { title: "Lamplighter", version: needs.version, description: "The API of the Lamplighter controller." },
    components: {
      securitySchemes: {
        bearer: { type: "http" as const, scheme: "bearer" },
        session: { type: "apiKey" as const, in: "cookie" as const, name: "lamplighter_session" },
      },
    },
    security: [{ bearer: [] }, { session: [] }],
  };
  app.onError(onError(needs.log));
  app.notFound((c) => {
    throw notFound("resource", c.req.path);
  });
  app.use(headers());
  app.use(async (c, next) => {
    if (c.req.url.length > httpLimits.urlChars) throw notFound("resource", c.req.path);
    await next();
  });
  app.route("/", api);
  app.route("/", health(needs));
  app.get("/openapi.json", openAPIRouteHandler(app, { documentation, excludeStaticFile: false }));
  app.route("/docs", docs(needs));
  app.route("/", web(needs));
  return app;
}
