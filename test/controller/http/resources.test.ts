import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { httpLimits } from "../../../controller/http/limits.ts";
import { registryLimits } from "../../../controller/registry/index.ts";
import { deviceSide } from "../registry/device-side.ts";
import { type FreshHttp, freshHttp } from "./fresh.ts";

let fresh: FreshHttp;
beforeEach(async () => {
  fresh = await freshHttp();
});
afterEach(() => fresh.end());

const location = { lat: 51.5, lon: -0.1 };
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fresh.call("POST", `/api/v1${path}`, { body, headers });
const made = async (path: string, body: unknown) => {
  const response = await post(path, body);
  expect(response.status).toBe(201);
  return (await response.json()) as { id: string };
};
const get = async <T = unknown>(path: string): Promise<T> =>
  (await (await fresh.call("GET", `/api/v1${path}`)).json()) as T;

describe("sites", () => {
  test("are made from name and location, read, changed and removed", async () => {
    const site = await made("/sites", { name: " Library ", location });
    expect(site).toMatchObject({ name: "Library", serviceHours: "always", timeZone: "Europe/London", uplink: null });
    const serviceHours = { mon: [["08:00", "24:00"]], sun: [] };
    const changed = await fresh.call("PATCH", `/api/v1/sites/${site.id}`, { body: { serviceHours, area: "North" } });
    expect(await changed.json()).toMatchObject({ name: "Library", serviceHours, area: "North" });
    expect((await fresh.call("DELETE", `/api/v1/sites/${site.id}`)).status).toBe(204);
    expect((await fresh.call("GET", `/api/v1/sites/${site.id}`)).status).toBe(404);
  });

  test("ETag and If-Match: who saw an older version is refused", async () => {
    const response = await post("/sites", { name: "Library", location });
    const { id } = (await response.json()) as { id: string };
    const etag = response.headers.get("etag") ?? "";
    const patch = (ifMatch: string) =>
      fresh.call("PATCH", `/api/v1/sites/${id}`, { body: { name: "New" }, headers: { "if-match": ifMatch } });
    const first = await patch(etag);
    expect([first.status, (await patch(etag)).status, (await patch("*")).status]).toEqual([200, 412, 200]);
    expect(first.headers.get("etag")).not.toBe(etag);
    expect((await patch("nonsense")).status).toBe(400);
  });

  test.each([
    [{ location }, "name"],
    [{ name: "", location }, "name"],
    [{ name: "a\u0000b", location }, "name"],
    [{ name: "x".repeat(101), location }, "name"],
    [{ name: 7, location }, "name"],
    [{ name: "a", location: { lat: 91, lon: 0 } }, "location.lat"],
    [{ name: "a", location: { lat: 1, lon: 0, alt: 3 } }, "location"],
    [{ name: "a", location, timeZone: "Mars/Base" }, "timeZone"],
    [{ name: "a", location, uplink: { kind: "string" } }, "uplink.kind"],
    [{ name: "a", location, nmae: "b" }, ""],
    [[], ""],
    ["x", ""],
    [null, ""],
  ])("%j is refused at %s", async (body, path) => {
    const response = await post("/sites", JSON.stringify(body));
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ status: 400, code: "invalid", faults: [{ path }] });
    expect(fresh.registry.sites()).toEqual([]);
  });

  test("an unknown key is named, and so are wrong hours", async () => {
    expect(await (await post("/sites", { name: "a", location, nmae: "b" })).text()).toContain("nmae");
    for (const mon of [[["18:00", "08:00"]], [["8:00", "9:00"]], Array(5).fill(["08:00", "09:00"])])
      expect((await post("/sites", { name: "a", location, serviceHours: { mon } })).status).toBe(400);
  });
});

describe("lists", () => {
  test("come in pages that miss nothing and repeat nothing, whatever the names", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("a", "b", "B", "é", '"', "\u{1f4a1}"), { maxLength: 6 }),
        async (names) => {
          for (const site of fresh.registry.sites())
            await fresh.registry.siteChanges.remove({ kind: "user", id: "t" }, site.id);
          for (const name of names) await made("/sites", { name, location });
          const seen: string[] = [];
          let cursor: string | null = "";
          while (cursor !== null) {
            const page: { items: { id: string }[]; next: string | null } = await get<typeof page>(
              `/sites?limit=2${cursor ? `&cursor=${cursor}` : ""}`,
            );
            seen.push(...page.items.map((site) => site.id));
            cursor = page.next;
          }
          expect(seen).toEqual(fresh.registry.sites().map((site) => site.id));
          expect(seen).toHaveLength(names.length);
        },
      ),
      { numRuns: 10 },
    );
  });

  test.each(["limit=0", "limit=1001", "limit=x", "cursor=%00", "cursor=bm9wZQ", "unknown=1"])(
    "?%s is refused",
    async (query) => {
      expect((await fresh.call("GET", `/api/v1/sites?${query}`)).status).toBe(400);
    },
  );
});

describe("devices", () => {
  test("are found by what people know of them", async () => {
    const site = await made("/sites", { name: "Library", location });
    const ap = await made("/devices", { name: "Reading room", kind: "access-point", site: site.id, tags: ["indoor"] });
    const sensor = await made("/devices", { name: "Bridge", kind: "sensor", location });
    fresh.presence.set(ap.id, { ...fresh.needs.presence.of(ap.id), state: "offline", since: 5, lastSeenAt: 4 });
    const found = async (query: string) =>
      ((await get(`/devices?${query}`)) as { items: { id: string }[] }).items.map((device) => device.id);
    expect(await found("")).toEqual([sensor.id, ap.id]);
    expect(await found("q=READING")).toEqual([ap.id]);
    expect(await found(`q=${sensor.id}`)).toEqual([sensor.id]);
    expect(await found(`site=${site.id}`)).toEqual([ap.id]);
    expect(await found("kind=sensor")).toEqual([sensor.id]);
    expect(await found("tag=indoor")).toEqual([ap.id]);
    expect(await found("state=offline")).toEqual([ap.id]);
    expect(await found("state=offline&kind=sensor")).toEqual([]);
    expect(await found("q=%25")).toEqual([]);
  });

  test("hang behind others, in groups of which one is enough; what stands above others is not removed", async () => {
    const device = (name: string, more: object = {}) => made("/devices", { name, kind: "switch", ...more });
    const left = await device("Left");
    const right = await device("Right");
    const below = await device("Below", { parents: [[left.id, right.id]], address: "10.1.2.3:443" });
    expect(await get(`/devices/${below.id}`)).toMatchObject({
      parents: [[left.id, right.id]],
      address: "10.1.2.3:443",
    });
    const refused = async (id: string, change: object, path: string) => {
      const response = await fresh.call("PATCH", `/api/v1/devices/${id}`, { body: change });
      expect(await response.json()).toMatchObject({ status: 400, faults: [{ path }] });
    };
    await refused(left.id, { parents: [[below.id]] }, "parents");
    await refused(left.id, { parents: [[left.id]] }, "parents");
    await refused(left.id, { parents: [["nobody"]] }, "parents");
    await refused(left.id, { parents: [[]] }, "parents.0");
    await refused(left.id, { parents: Array(registryLimits.parentGroups + 1).fill([right.id]) }, "parents");
    await refused(left.id, { parents: [Array(registryLimits.parentsOfGroup + 1).fill(right.id)] }, "parents.0");
    await refused(left.id, { address: "http://10.1.2.3" }, "address");
    expect((await fresh.call("DELETE", `/api/v1/devices/${right.id}`)).status).toBe(409);
    let deep = below.id;
    for (let n = 2; n < registryLimits.parentDepth; n++) deep = (await device(`Deep ${n}`, { parents: [[deep]] })).id;
    await made("/devices", { name: "Deepest", kind: "sensor", parents: [[deep]] });
    const tooDeep = await device("Too deep", { parents: [[deep]] }).then((one) => one.id);
    const last = await post("/devices", { name: "Out of depth", kind: "sensor", parents: [[tooDeep]] });
    expect(await last.json()).toMatchObject({ status: 400, faults: [{ path: "parents" }] });
  });

  test("say what is known of them, and never their keys", async () => {
    const { id } = await made("/devices", { name: "Reading room", kind: "access-point" });
    const birth = {
      agent: "1.2.3",
      firmware: "demo",
      hardware: { model: "Demo AP 1", serial: "SN-1" },
      intervalMs: 10_000,
      config: { revision: 0, hash: "", state: "applied" as const },
    };
    fresh.presence.set(id, { ...fresh.needs.presence.of(id), state: "online", boot: "b".repeat(20), birth });
    const device = await get(`/devices/${id}`);
    expect(device).toMatchObject({
      state: "online",
      agent: "1.2.3",
      hardware: { serial: "SN-1" },
      config: { desired: null, reported: null, state: "unknown" },
    });
    expect(device).not.toHaveProperty("keys");
  });

  test("hostile names are kept as they are and harm nothing", async () => {
    for (const name of [
      "'; DROP TABLE device; --",
      "<script>alert(1)</script>",
      "{{7*7}}",
      "../../etc/passwd",
      "عربي",
    ]) {
      const { id } = await made("/devices", { name, kind: "sensor" });
      expect(await get(`/devices/${id}`)).toMatchObject({ name });
    }
    expect((await fresh.call("GET", "/api/v1/devices/..%2f..%2fetc")).status).toBe(404);
  });

  test("a kind is for life, and a place must exist", async () => {
    const { id } = await made("/devices", { name: "a", kind: "sensor" });
    const patch = async (body: unknown) => (await fresh.call("PATCH", `/api/v1/devices/${id}`, { body })).status;
    expect([await patch({ kind: "switch" }), await patch({ site: "none" }), await patch({ name: "b" })]).toEqual([
      400, 400, 200,
    ]);
  });
});

describe("bodies", () => {
  test("too long, not JSON, or of another type are refused before they are read", async () => {
    const long = { name: "x".repeat(httpLimits.bodyBytes), location };
    expect((await post("/sites", long)).status).toBe(413);
    expect((await post("/sites", "{")).status).toBe(400);
    expect((await post("/sites", '{"name":"a"}', { "content-type": "text/plain" })).status).toBe(400);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await post("/sites", "name=a", form)).status).toBe(400);
  });

  test("without a length they are counted as they come", async () => {
    const chunk = new TextEncoder().encode("x".repeat(64 * 1024));
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent > 100) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
    const response = await fresh.app.request("http://lamps.example/api/v1/enrolments", init);
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(10);
  });
});

describe("enrolment", () => {
  test("from the token that people make to a password that connects", async () => {
    const site = await made("/sites", { name: "Library", location });
    const token = (await made("/enrolment-tokens", { site: site.id, uses: 1 })) as { id: string; token?: string };
    expect(token.token).toMatch(/^[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{22}\.$/);
    const body = deviceSide("SN-1").knockWith(token.token ?? "");
    const response = await fresh.call("POST", "/api/v1/enrolments", { as: "nobody", body });
    expect(response.status).toBe(201);
    const enrolled = (await response.json()) as {
      device: string;
      mqtt: { username: string; password: string };
      keySet: object;
    };
    expect(enrolled).toMatchObject({
      mqtt: { username: enrolled.device, url: "ws://127.0.0.1:8080/mqtt" },
      keySet: { version: 1 },
    });
    expect(await fresh.registry.authenticate(enrolled.device, enrolled.mqtt.password)).toBe(true);
    expect(await get(`/devices/${enrolled.device}`)).toMatchObject({ site: site.id, state: "awaiting" });
    expect(JSON.stringify(await get("/enrolment-tokens"))).not.toContain(token.token?.split(".")[0]);
  });

  test("a stranger waits, is listed and let in", async () => {
    const body = deviceSide("SN-1").knockWith(`${"a".repeat(43)}.${"b".repeat(22)}.`);
    const knock = () => fresh.call("POST", "/api/v1/enrolments", { as: "nobody", body });
    const waits = await knock();
    expect([waits.status, ((await waits.json()) as { state: string }).state]).toEqual([202, "foreign"]);
    const { items } = (await get("/enrolments?state=foreign")) as { items: { id: string }[] };
    expect(items).toHaveLength(1);
    expect((await post(`/enrolments/${items[0]?.id}/approve`, {})).status).toBe(200);
    expect((await knock()).status).toBe(201);
  });

  test("a long or wrong knock is refused at the door", async () => {
    const body = deviceSide("SN-1").knockWith(`${"a".repeat(43)}.${"b".repeat(22)}.`);
    const knock = async (with_: unknown) =>
      (await fresh.call("POST", "/api/v1/enrolments", { as: "nobody", body: with_ })).status;
    expect(await knock({ ...body, pad: "x".repeat(httpLimits.enrolmentBytes) })).toBe(413);
    for (const wrong of [{ ...body, kind: "toaster" }, { ...body, keys: {} }, { ...body, token: "x" }, [], "x"])
      expect(await knock(JSON.stringify(wrong))).toBe(400);
    expect(await knock({ ...body, laterVersion: 1 })).toBe(202);
    expect(await knock({ ...body, proof: "A".repeat(86) })).toBe(403);
  });
});

describe("idempotency keys", () => {
  const key = { "idempotency-key": "one-site" };
  const body = { name: "Library", location };

  test("a repeat gets the first answer and does nothing", async () => {
    const first = await post("/sites", body, key);
    const again = await post("/sites", body, key);
    expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
    expect(await again.json()).toEqual(await first.json());
    expect(fresh.registry.sites()).toHaveLength(1);
  });

  test("for another body it is refused; what was refused may be tried again", async () => {
    expect((await post("/sites", { name: "" }, key)).status).toBe(400);
    expect((await post("/sites", body, key)).status).toBe(201);
    expect((await post("/sites", { ...body, name: "Other" }, key)).status).toBe(409);
  });

  test("two at once: one site", async () => {
    const both = await Promise.all([post("/sites", body, key), post("/sites", body, key)]);
    expect(fresh.registry.sites()).toHaveLength(1);
    for (const { status } of both) expect([201, 409]).toContain(status);
  });

  test("a secret is not kept for the repeat", async () => {
    const first = await post("/tokens", { name: "script", role: "viewer" }, key);
    const { secret } = (await first.json()) as { secret: string };
    expect((await post("/tokens", { name: "script", role: "viewer" }, key)).status).toBe(409);
    const kept = await fresh.records.db.selectFrom("idempotency").selectAll().execute();
    expect(JSON.stringify(kept)).not.toContain(secret);
  });

  test.each(["x".repeat(httpLimits.idempotencyKeyChars + 1), "with space"])("%.12s… will not do", async (bad) => {
    expect((await post("/sites", body, { "idempotency-key": bad })).status).toBe(400);
  });
});

describe("people", () => {
  test("users and tokens are made, changed and removed; every change is in the audit log", async () => {
    const user = await made("/users", { name: "amy", role: "viewer", password: "correct horse battery" });
    expect(JSON.stringify(user)).not.toContain("argon2");
    await fresh.call("PATCH", `/api/v1/users/${user.id}`, { body: { role: "operator" } });
    await fresh.call("DELETE", `/api/v1/users/${user.id}`);
    const token = await made("/tokens", { name: "script", role: "viewer", expiresAt: "2026-12-01T00:00:00Z" });
    expect(token).toMatchObject({ expiresAt: Date.UTC(2026, 11, 1) });
    expect((await fresh.call("DELETE", `/api/v1/tokens/${token.id}`)).status).toBe(204);
    const { items } = (await get(`/audit?subject=user:${user.id}`)) as { items: { action: string }[] };
    expect(items.map((one) => one.action)).toEqual(["user.removed", "user.changed", "user.created"]);
    const page = (await get("/audit?limit=2")) as { items: { id: number }[]; next: string };
    const rest = (await get(`/audit?limit=1&cursor=${page.next}`)) as { items: { id: number }[] };
    expect(rest.items[0]?.id).toBe((page.items[1]?.id ?? 0) - 1);
  });
});
