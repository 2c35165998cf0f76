import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SettingsError } from "../../../controller/base/errors.ts";
import { access } from "../../../controller/http/access.ts";
import { createHttp, serveHttp } from "../../../controller/http/index.ts";
import { type FreshHttp, freshHttp, host } from "./fresh.ts";

let fresh: FreshHttp;
beforeAll(async () => {
  fresh = await freshHttp();
});
afterAll(() => fresh.end());
const get = (path: string, headers: Record<string, string> = {}) => fresh.app.request(`${host}${path}`, { headers });

describe("the dashboards' build", () => {
  test("every page is the page; assets are kept for ever, the page is asked for anew", async () => {
    for (const path of ["/", "/devices/ap-abcdefgh", "/sign-in"]) {
      const page = await get(path);
      expect(await page.text()).toContain("<title>Lamplighter</title>");
      expect(page.headers.get("cache-control")).toBe("no-cache");
      expect((await get(path, { "if-none-match": page.headers.get("etag") ?? "" })).status).toBe(304);
    }
    const asset = await get("/assets/main-abc123.js", { "accept-encoding": "gzip, br" });
    expect(asset.headers.get("cache-control")).toContain("immutable");
    expect(asset.headers.get("content-encoding")).toBe("gzip");
    expect(await (await get("/assets/main-abc123.js")).text()).toContain("export const demo");
    expect(await (await get("/agent.cjs")).text()).toContain("demo agent");
  });

  test.each([
    "/../outside.txt",
    "/%2e%2e/outside.txt",
    "/..%2foutside.txt",
    "/assets/../../outside.txt",
    "/assets/none.js",
    "/x.txt",
  ])("%s leads nowhere", async (path) => {
    const response = await get(path);
    expect(await response.text()).not.toContain("not for the web");
    expect(response.status).toBe(404);
  });

  test.each(["/", "/healthz", "/api/v1/none", "/api/v1/session", "/assets/main-abc123.js", "/openapi.json", "/docs"])(
    "%s carries the strict policy",
    async (path) => {
      const { headers } = await get(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(/^default-src 'self'; .*object-src 'none'.*frame-ancestors 'none'/);
      expect(policy).not.toMatch(/script-src|unsafe-eval/);
      expect(policy.includes("unsafe-inline")).toBe(path === "/docs");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    },
  );

  test("a build that is missing stops the start", () => {
    expect(() => createHttp({ ...fresh.needs, webRoot: join(fresh.folder, "none") })).toThrow(SettingsError);
    expect(() => createHttp({ ...fresh.needs, webRoot: fresh.needs.docsRoot })).toThrow(/no index\.html/);
    expect(() => createHttp({ ...fresh.needs, docsRoot: fresh.needs.webRoot })).toThrow(SettingsError);
  });
});

describe("the API's own description", () => {
  test("has every call of the access table, with a summary and problems", async () => {
    const document = (await (await get("/openapi.json")).json()) as {
      openapi: string;
      paths: Record<string, Record<string, { summary?: string; responses: object }>>;
    };
    expect(document.openapi).toBe("3.1.0");
    for (const call of Object.keys(access)) {
      const [method = "", path = ""] = call.split(" ");
      const described = document.paths[`/api/v1${path.replace(/:([a-z]+)/g, "{$1}")}`]?.[method.toLowerCase()];
      expect(described?.summary, call).toBeTruthy();
      if (path !== "/stream") expect(described?.responses, call).toHaveProperty("default");
    }
    const knock = JSON.stringify(document.paths["/api/v1/enrolments"]?.["post"]);
    for (const word of ["proof", "hardware", "serial"]) expect(knock).toContain(word);
  });

  test("/docs needs nothing from elsewhere and nothing inline", async () => {
    const page = await (await get("/docs")).text();
    const sources = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
    for (const source of sources) expect(source).toMatch(/^\/[^/]/);
    const parts = sources.filter((source) => source.startsWith("/docs/"));
    expect(parts).toHaveLength(3);
    for (const part of parts) expect((await get(part)).status).toBe(200);
    expect(page).not.toMatch(/<script>|<style|style="|\son\w+="/);
  });
});

describe("for those who watch the watcher", () => {
  test("health, readiness and their reasons", async () => {
    expect(await (await get("/healthz")).json()).toEqual({ ok: true, version: "0.0.0-test" });
    expect((await get("/readyz")).status).toBe(200);
    fresh.needs.health = () => ({ ready: false, parts: [{ name: "store", ok: false, why: "away" }] });
    const not = await get("/readyz");
    expect([not.status, await not.json()]).toEqual([
      503,
      { ready: false, parts: [{ name: "store", ok: false, why: "away" }] },
    ]);
  });

  test("metrics are Prometheus' text, for this machine or with a token", async () => {
    expect((await get("/metrics")).status).toBe(401);
    const response = await fresh.call("GET", "/metrics", { as: "viewer" });
    expect(await response.text()).toBe(
      '# HELP lamplighter_demo Demo.\n# TYPE lamplighter_demo gauge\nlamplighter_demo{a="b\\"\\\\\\n"} 1\n' +
        "# HELP lamplighter_live_streams Open live streams.\n# TYPE lamplighter_live_streams gauge\nlamplighter_live_streams 0\n",
    );
  });
});

test("what fails here says so without saying what, and the log has it", async () => {
  const logged: object[] = [];
  const log = { ...fresh.needs.log, error: (_message: string, fields?: object) => void logged.push(fields ?? {}) };
  const broken = createHttp({
    ...fresh.needs,
    log,
    health: () => {
      throw new Error("a secret of the house");
    },
  });
  const response = await broken.request(`${host}/readyz`);
  const said = await response.text();
  expect(response.status).toBe(500);
  expect(said).not.toContain("secret of the house");
  expect(said).toContain((logged[0] as { incident: string }).incident);
});

describe("a real server", () => {
  const listen = { host: "127.0.0.1", port: 0 };

  test("answers, hands upgrades over, knows who calls, and stops while a stream is open", async () => {
    const upgrades: string[] = [];
    const server = await serveHttp({
      http: fresh.app,
      listen,
      attach: (one) =>
        one.on("upgrade", (request, socket) => {
          upgrades.push(request.url ?? "");
          socket.destroy();
        }),
    });
    const url = `http://127.0.0.1:${server.port}`;
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    // From this machine no token is needed, but a proxy on it speaks for others.
    expect((await fetch(`${url}/metrics`)).status).toBe(200);
    expect((await fetch(`${url}/metrics`, { headers: { "x-forwarded-for": "192.0.2.1" } })).status).toBe(401);
    await new Promise<void>((done) => {
      const socket = connect(server.port, "127.0.0.1", () =>
        socket.write("GET /mqtt HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n"),
      );
      socket.on("close", () => done());
    });
    expect(upgrades).toEqual(["/mqtt"]);
    const token = await fresh.auth.tokens.create(
      { kind: "user", id: "user_boss", name: "boss", role: "admin", expiresAt: null },
      { name: "stream", role: "viewer", expiresAt: null },
    );
    const stream = await fetch(`${url}/api/v1/stream`, { headers: { authorization: `Bearer ${token.secret}` } });
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await server.stop();
    await expect(reader.read()).rejects.toThrow();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  test("an address that is taken is a wrong setting", async () => {
    const attach = () => undefined;
    const first = await serveHttp({ http: fresh.app, listen, attach });
    const second = serveHttp({ http: fresh.app, listen: { ...listen, port: first.port }, attach });
    await expect(second).rejects.toMatchObject({ key: "http.port", found: expect.stringContaining("EADDRINUSE") });
    await first.stop();
  });
});
