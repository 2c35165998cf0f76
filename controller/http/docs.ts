import { join } from "node:path";
import { Hono } from "hono";
import { notFound } from "../base/errors.ts";
import type { Env } from "./context.ts";
import { readStatic, serveFile } from "./files.ts";
import { docsPolicy } from "./headers.ts";
import type { HttpNeeds } from "./needs.ts";

const page = `<!doctype html>
<html lang="en-GB">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Lamplighter: the API</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="docs"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;
const start = `window.ui = SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });\n`;

const parts = ["swagger-ui.css", "swagger-ui-bundle.js"];

/** /docs: the API to read and try, all of it served from here. Throws SettingsError when the build's files are not there. */
export function docs({ docsRoot }: Pick<HttpNeeds, "docsRoot">) {
  const files = new Map(parts.map((name) => [name, readStatic(join(docsRoot, name))]));
  return new Hono<Env>()
    .get("/", (c) => {
      c.header("content-security-policy", docsPolicy);
      return c.html(page);
    })
    .get("/start.js", (c) => c.body(start, 200, { "content-type": "text/javascript; charset=utf-8" }))
    .get("/:file", (c) => {
      const name = c.req.param("file");
      const file = files.get(name);
      if (!file) throw notFound("file", name);
      return serveFile(c, name, file);
    });
}
