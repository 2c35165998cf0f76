import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { roles } from "../../../controller/auth/index.ts";
import { access, accessTo } from "../../../controller/http/access.ts";
import { type FreshHttp, freshHttp, host, password } from "./fresh.ts";

let fresh: FreshHttp;
beforeAll(async () => {
  fresh = await freshHttp();
});
afterAll(() => fresh.end());

const everybody = ["nobody", ...roles] as const;
const rank = { anyone: 0, viewer: 1, operator: 2, admin: 3 } as const;

test("every route of the API is in the table, and the table names no other", () => {
  const handlers = fresh.app.routes.filter(({ path, method }) => path.startsWith("/api/v1/") && method !== "ALL");
  const calls = new Set(
    handlers.map(({ method, path }) => `${method} ${path.slice("/api/v1".length).replace(/\/$/, "")}`),
  );
  expect([...calls].sort()).toEqual(Object.keys(access).sort());
});

describe.each(Object.entries(access))("%s needs %s", (route, needed) => {
  test.each(everybody)("%s", async (who) => {
    const [method = "", path = ""] = route.split(" ");
    const response = await fresh.call(method, `/api/v1${path.replaceAll(":id", "none-such")}`, { as: who });
    await response.body?.cancel();
    const has = who === "nobody" ? 0 : rank[who];
    const wanted = has >= rank[needed] ? "in" : who === "nobody" ? 401 : 403;
    const got = response.status === 401 || response.status === 403 ? response.status : "in";
    // A wrong sign-in is 401 as well; that it got as far as the body is told by its code.
    const inside = route === "POST /session" ? 400 : got;
    expect(route === "POST /session" ? response.status : got).toBe(route === "POST /session" ? inside : wanted);
  });
});

test("what is not in the table is nobody's", async () => {
  expect(accessTo("PUT", "/sites")).toBeNull();
  expect(accessTo("GET", "/sites/a/b")).toBeNull();
  expect((await fresh.call("GET", "/api/v1/none", { as: "nobody" })).status).toBe(401);
  expect((await fresh.call("GET", "/api/v1/none")).status).toBe(404);
  expect((await fresh.call("PUT", "/api/v1/sites", { body: {} })).status).toBe(404);
});

describe("cookies", () => {
  const signIn = (headers: Record<string, string> = {}) =>
    fresh.call("POST", "/api/v1/session", { as: "nobody", body: { username: "admin", password }, headers });
  const cookieOf = (response: Response) => (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  const newSite = { name: "Library", location: { lat: 51.5, lon: -0.1 } };

  test("are for this site only and out of scripts' reach; under TLS for TLS only", async () => {
    const response = await signIn();
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ name: "admin", role: "admin" });
    const plain = response.headers.get("set-cookie") ?? "";
    expect(plain).toMatch(/^lamplighter_session=[A-Za-z0-9_-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    const tls = await freshHttp({ secure: true });
    const body = { username: "admin", password };
    const secure = await tls.call("POST", "/api/v1/session", { as: "nobody", body });
    expect(secure.headers.get("set-cookie")).toContain("; Secure");
    await tls.end();
  });

  test.each([
    ["no origin", {}, 403],
    ["another site", { origin: "http://evil.example" }, 403],
    ["another port", { origin: `${host}:8081` }, 403],
    ["no page at all", { origin: "null" }, 403],
    ["the same site", { origin: host }, 201],
    ["the same site behind a proxy that ends TLS", { origin: host.replace("http:", "https:") }, 201],
  ])("a change from %s", async (_from, headers, status) => {
    const cookie = cookieOf(await signIn());
    const response = await fresh.call("POST", "/api/v1/sites", {
      as: "nobody",
      body: newSite,
      headers: { cookie, ...(headers as Record<string, string>) },
    });
    expect(response.status).toBe(status);
  });

  test("reading needs no origin; signing in from another site is refused", async () => {
    const cookie = cookieOf(await signIn());
    expect((await fresh.call("GET", "/api/v1/session", { as: "nobody", headers: { cookie } })).status).toBe(200);
    expect((await signIn({ origin: "http://evil.example" })).status).toBe(403);
  });

  test("a wrong bearer token is not helped by a cookie", async () => {
    const cookie = cookieOf(await signIn());
    const headers = { cookie, authorization: "Bearer lamplighter_nonsense" };
    expect((await fresh.call("GET", "/api/v1/session", { as: "nobody", headers })).status).toBe(401);
  });

  test("signing out ends it, and signing in again does not leave the old one", async () => {
    const first = cookieOf(await signIn());
    const second = cookieOf(await signIn({ cookie: first, origin: host }));
    const who = (cookie: string) => fresh.call("GET", "/api/v1/session", { as: "nobody", headers: { cookie } });
    expect([(await who(first)).status, (await who(second)).status]).toEqual([401, 200]);
    const out = await fresh.call("DELETE", "/api/v1/session", {
      as: "nobody",
      headers: { cookie: second, origin: host },
    });
    expect(out.status).toBe(204);
    expect((await who(second)).status).toBe(401);
  });

  test("a one-time link signs in once", async () => {
    const { secret } = await fresh.auth.makeLink("admin");
    const use = () => fresh.call("POST", "/api/v1/session", { as: "nobody", body: { link: secret } });
    expect([(await use()).status, (await use()).status]).toEqual([201, 401]);
  });
});

test("guessing a password ends in 429 with when to come back", async () => {
  const guess = () =>
    fresh.call("POST", "/api/v1/session", { as: "nobody", body: { username: "amy", password: "wrong" } });
  const statuses: number[] = [];
  let last = await guess();
  for (let i = 0; i < 20 && last.status !== 429; i++) {
    statuses.push(last.status);
    last = await guess();
  }
  expect(new Set(statuses)).toEqual(new Set([401]));
  expect(last.status).toBe(429);
  expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
});
