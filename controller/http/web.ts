import { Hono } from "hono";
import { notFound, SettingsError } from "../base/errors.ts";
import type { Env } from "./context.ts";
import { readFolder, readStatic, serveFile } from "./files.ts";
import type { HttpNeeds } from "./needs.ts";

/** The dashboards' build and the agent's file. Every state of a page is a URL, so what is no file is the page. */
export function web(needs: Pick<HttpNeeds, "webRoot" | "agentFile">) {
  const files = new Map(readFolder(needs.webRoot));
  if (needs.agentFile !== undefined) files.set("/agent.cjs", readStatic(needs.agentFile));
  const page = files.get("/index.html");
  if (!page)
    throw new SettingsError("(installation)", `no index.html in "${needs.webRoot}"`, "the build: run npm run build");
  return new Hono<Env>().get("/*", (c) => {
    const { path } = c.req;
    const file = files.get(path);
    if (file) return serveFile(c, path, file);
    if (path.startsWith("/api/") || path.startsWith("/assets/") || /\.[a-z0-9]+$/i.test(path))
      throw notFound("file", path);
    return serveFile(c, "/index.html", page);
  });
}
