import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configLimits } from "../../../controller/config/index.ts";
import { birthWith } from "../config/said.ts";
import { type FreshHttp, freshHttp } from "./fresh.ts";

let fresh: FreshHttp;
beforeEach(async () => {
  fresh = await freshHttp();
});
afterEach(() => fresh.end());

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
type Any = any;
async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fresh.call(method, `/api/v1${path}`, { body, headers });
  const type = response.headers.get("content-type") ?? "";
  return {
    status: response.status,
    etag: response.headers.get("etag"),
    body: (type.includes("json") ? await response.json() : null) as Any,
  };
}
async function device(more: object = {}): Promise<string> {
  const made = await call("POST", "/devices", { name: "Lamp", kind: "access-point", ...more });
  expect(made.status).toBe(201);
  return made.body.id;
}
const site = async (name = "Library"): Promise<string> =>
  (await call("POST", "/sites", { name, location: { lat: 51.5, lon: 0.3 } })).body.id;
const composedOf = async (id: string) => (await call("GET", `/devices/${id}/config`)).body.composed;
async function sentTo(id: string): Promise<Any[]> {
  await fresh.config.idle();
  // Sends are paced by the clock; records answer in their own time.
  for (let i = 0; i < 20; i++) {
    fresh.clock.pass(100);
    await new Promise((done) => setImmediate(done));
  }
  return fresh.sent.filter((one) => one.device === id).map((one) => JSON.parse(JSON.parse(one.payload).body));
}
const interval = (ms: unknown) => ({ agent: { intervalMs: ms } });

describe("templates", () => {
  test("speak to everybody, to a tag, to a model, and the strongest holds", async () => {
    const at = await site();
    const [plain, tagged] = [await device(), await device({ tags: ["busy"], site: at, profile: "demo-ap" })];
    const put = await call("PUT", "/templates/base", { name: "Base", document: interval(30_000), message: "calm" });
    expect(put).toMatchObject({ status: 200, etag: '"1"', body: { id: "base", version: 1, applied: { due: 0 } } });
    expect(put.body.applied.devices.sort()).toEqual([plain, tagged].sort());
    await call("PUT", "/templates/busy", {
      ...{ name: "Busy", applies: { to: "tag", tags: ["busy"] }, document: interval(5_000) },
    });
    await call("PUT", "/templates/model", {
      name: "Model",
      applies: { to: "profile", profiles: ["demo-ap"] },
      document: { agent: { intervalMs: 7_000, collectors: { radio: { enabled: false } } } },
    });
    expect(await composedOf(plain)).toEqual(interval(30_000));
    expect(await composedOf(tagged)).toEqual({
      agent: { intervalMs: 5_000, collectors: { radio: { enabled: false } } },
    });
    const { items } = (await call("GET", `/devices/${plain}/config/revisions`)).body;
    expect(items).toMatchObject([{ message: "calm", by: { kind: "token" }, document: interval(30_000), own: {} }]);
    const explained = (await call("GET", `/devices/${tagged}/config/explain`)).body;
    expect(explained.layers.map((one: Any) => `${one.kind} ${one.id}`)).toEqual([
      ...["default base", "profile model", "tag busy", `device ${tagged}`],
    ]);
    expect(explained.values.find((one: Any) => one.path === "agent.intervalMs")).toMatchObject({
      value: 5_000,
      by: { kind: "tag", id: "busy", name: "Busy" },
      over: [
        { by: { id: "base" }, value: 30_000 },
        { by: { id: "model" }, value: 7_000 },
      ],
    });
  });

  test("a device's own settings are on top, and stay its own", async () => {
    const id = await device();
    await call("PUT", `/devices/${id}/config`, { document: interval(5_000) });
    await call("PUT", "/templates/base", {
      ...{ name: "Base", document: { agent: { intervalMs: 30_000, collectors: { radio: { enabled: false } } } } },
    });
    const { body } = await call("GET", `/devices/${id}/config`);
    expect(body.document).toEqual(interval(5_000));
    expect(body.composed).toEqual({ agent: { intervalMs: 5_000, collectors: { radio: { enabled: false } } } });
    await call("PUT", `/devices/${id}/config`, { document: { agent: { collectors: null } } });
    expect(await composedOf(id)).toEqual(interval(30_000));
  });

  test("a default one may be left out, a required one not", async () => {
    const id = await device();
    await call("PUT", "/templates/soft", { name: "Soft", document: interval(30_000) });
    await call("PUT", "/templates/hard", {
      ...{ name: "Hard", applies: { to: "all", required: true } },
      document: { agent: { collectors: { radio: { enabled: false } } } },
    });
    await call("PUT", `/devices/${id}/config`, { without: ["soft", "hard"] });
    expect(await composedOf(id)).toEqual({ agent: { collectors: { radio: { enabled: false } } } });
  });

  test("tell who saw an older one", async () => {
    const template = { name: "Base", document: interval(30_000) };
    expect((await call("PUT", "/templates/base", template, { "if-match": '"1"' })).status).toBe(412);
    expect((await call("PUT", "/templates/base", template, { "if-match": '"0"' })).status).toBe(200);
    expect((await call("PUT", "/templates/base", template, { "if-match": '"0"' })).status).toBe(412);
    expect((await call("DELETE", "/templates/base", undefined, { "if-match": '"7"' })).status).toBe(412);
    expect((await call("DELETE", "/templates/base", undefined, { "if-match": '"1"' })).status).toBe(204);
    expect((await call("GET", "/templates/base")).status).toBe(404);
  });

  test("gone, devices go back to what the rest says, with one revision", async () => {
    const [a, b] = [await device(), await device()];
    await call("PUT", `/devices/${b}/config`, { document: interval(5_000) });
    await call("PUT", "/templates/base", { name: "Base", document: interval(30_000) });
    await call("DELETE", "/templates/base");
    expect(await composedOf(a)).toEqual({});
    expect((await call("GET", `/devices/${a}/config/revisions`)).body.items).toHaveLength(2);
    expect((await call("GET", `/devices/${b}/config/revisions`)).body.items).toHaveLength(1);
  });

  test.each([
    ["a wrong setting", { name: "T", document: interval(1) }, "agent.intervalMs", /at least 1000/],
    ["an unknown section", { name: "T", document: { lamps: {} } }, "lamps", /no such setting/],
    [
      "an unknown variable",
      { name: "T", document: interval("{{ every }}") },
      "agent.intervalMs",
      /no variable "every"/,
    ],
    [
      "a variable of the wrong type",
      { name: "T", variables: { a: { type: "number", value: "1" } } },
      "variables.a.value",
      /./,
    ],
    ["an unknown audience", { name: "T", applies: { to: "moon" } }, "applies.to", /all, profile or tag/],
    ["an unknown key", { name: "T", colour: 1 }, "", /colour/],
    [
      "a document as deep as a well",
      { name: "T", document: JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`) },
      "document",
      /deep/,
    ],
    [
      "a document that is too long",
      { name: "T", document: { agent: "x".repeat(configLimits.documentBytes) } },
      "document",
      /at most/,
    ],
  ])("refuse %s, with the path", async (_, template, path, message) => {
    await device();
    const answer = await call("PUT", "/templates/t", template);
    expect(answer.status).toBe(400);
    expect(answer.body.faults[0].path).toBe(path);
    expect(answer.body.faults[0].message).toMatch(message);
    expect((await call("GET", "/templates/t")).status).toBe(404);
  });

  test("of a device that has a problem already, others are not kept waiting", async () => {
    const at = await site();
    await call("PUT", "/templates/base", {
      ...{ name: "Base", applies: { to: "tag", tags: ["busy"] }, document: interval("{{ every }}") },
      variables: { every: { type: "number" } },
    });
    // Enrolled into a place that lacks a value.
    const id = await device({ site: at, tags: ["busy"] });
    await fresh.config.idle();
    const { problems } = (await call("GET", `/devices/${id}/config/explain`)).body;
    expect(problems).toEqual([{ path: "agent.intervalMs", message: expect.stringMatching(/"every" has no value/) }]);
    expect((await call("PUT", "/templates/other", { name: "Other", document: {} })).status).toBe(200);
    await call("PUT", `/sites/${at}/config`, { variables: { every: { type: "number", value: 20_000 } } });
    expect(await composedOf(id)).toEqual(interval(20_000));
  });
});

describe("groups and sites", () => {
  test("members by name and by tag; a site is stronger than a group", async () => {
    const at = await site();
    const [named, tagged, neither] = [await device(), await device({ tags: ["pilot"], site: at }), await device()];
    await call("PUT", "/groups/pilot", {
      ...{ name: "Pilot", devices: [named], tags: ["pilot"], document: interval(20_000) },
    });
    expect(await composedOf(named)).toEqual(interval(20_000));
    expect(await composedOf(tagged)).toEqual(interval(20_000));
    expect(await composedOf(neither)).toEqual({});
    await call("PUT", `/sites/${at}/config`, { document: interval(25_000) });
    expect(await composedOf(tagged)).toEqual(interval(25_000));
    expect((await call("PUT", "/sites/none-such/config", {})).status).toBe(404);
  });

  test("a device that is moved or tagged gets what holds there, by itself", async () => {
    const at = await site();
    await call("PUT", `/sites/${at}/config`, {
      document: { agent: { controller: "wss://{{ site.name }}.example/mqtt" } },
    });
    const id = await device();
    await fresh.config.idle();
    expect(await composedOf(id)).toEqual({});
    await call("PATCH", `/devices/${id}`, { site: at });
    await fresh.config.idle();
    expect(await composedOf(id)).toEqual({ agent: { controller: "wss://Library.example/mqtt" } });
    await call("PATCH", `/sites/${at}`, { name: "Museum" });
    await fresh.config.idle();
    expect(await composedOf(id)).toEqual({ agent: { controller: "wss://Museum.example/mqtt" } });
    const { items } = (await call("GET", `/devices/${id}/config/revisions`)).body;
    expect(items[0]).toMatchObject({ by: { kind: "system" }, message: "it was moved, named or tagged anew" });
  });

  test("what is not from here is not replaced because somebody moved it", async () => {
    const at = await site();
    await call("PUT", `/sites/${at}/config`, { document: interval(25_000) });
    const id = await device();
    fresh.config.stated(id, birthWith({ revision: 7, hash: "B".repeat(43), state: "applied" }));
    await expect.poll(async () => (await call("GET", `/devices/${id}/config`)).body.status).toBe("foreign");
    await call("PATCH", `/devices/${id}`, { site: at });
    await fresh.config.idle();
    expect((await call("GET", `/devices/${id}/config`)).body.status).toBe("foreign");
  });

  test("what was said of a removed site or device goes with it", async () => {
    const at = await site();
    const id = await device();
    await call("PUT", `/sites/${at}/config`, { document: interval(25_000) });
    await call("PUT", `/devices/${id}/config`, { document: interval(25_000) });
    await call("DELETE", `/sites/${at}`);
    await call("DELETE", `/devices/${id}`);
    await expect.poll(() => fresh.records.db.selectFrom("config_source").select("kind").execute()).toEqual([]);
  });
});

describe("variables and secrets", () => {
  const document = { agent: { controller: "wss://{{ host }}/mqtt" } };

  test("the strongest value holds", async () => {
    const at = await site();
    const [id, other] = [await device({ site: at }), await device()];
    await call("PUT", "/config/organisation", {
      document,
      variables: { host: { type: "string", value: "a.example" } },
    });
    await call("PUT", `/sites/${at}/config`, { variables: { host: { type: "string", value: "b.example" } } });
    expect(await composedOf(id)).toEqual({ agent: { controller: "wss://b.example/mqtt" } });
    expect(await composedOf(other)).toEqual({ agent: { controller: "wss://a.example/mqtt" } });
  });

  test("secrets go in and are never seen again, but by the device", async () => {
    const id = await device();
    const secret = "hunter2hunter2.example";
    const template = { name: "T", document, variables: { host: { type: "secret", value: secret } } };
    const put = await call("PUT", "/templates/t", template);
    expect(put.body.body.variables).toEqual({ host: { type: "secret", secret: true, set: true } });
    const [sent] = await sentTo(id);
    expect(sent.document).toEqual({ agent: { controller: `wss://${secret}/mqtt` } });
    // What was read can be written back, and keeps the secret.
    const { body } = await call("GET", "/templates/t");
    await call("PUT", "/templates/t", { ...body.body, name: "Renamed" });
    expect(await sentTo(id)).toHaveLength(1);
    const draft = (await call("POST", "/config/drafts", { name: "d" })).body.id;
    await call("PATCH", `/config/drafts/${draft}`, { put: [{ kind: "template", id: "t", body: template }] });
    const seen: unknown[] = [];
    for (const path of [
      ...["/templates/t", "/templates", "/config/sources", `/devices/${id}/config`, `/devices/${id}/config/explain`],
      ...[`/devices/${id}/config/revisions`, "/config/changes", "/config/changes/1", "/config/changes/2", "/audit"],
      ...[`/config/drafts/${draft}`, "/config/drafts"],
    ]) {
      const answer = await call("GET", path);
      expect(answer.status, path).toBe(200);
      seen.push(answer.body);
    }
    const another = { ...template, variables: { host: { type: "secret", value: "other2other2.example" } } };
    const items = [{ kind: "template", id: "t", body: another }];
    const preview = (await call("POST", "/config/preview", { items })).body;
    const hidden = { secret: true, set: true };
    expect(preview.groups[0].changes).toMatchObject([{ path: "agent.controller", from: hidden, to: hidden }]);
    await call("PUT", "/templates/t", another);
    seen.push(preview, (await call("GET", "/audit")).body, (await call("GET", `/devices/${id}/config/revisions`)).body);
    expect(JSON.stringify(seen)).not.toMatch(/hunter2|other2|digest/);
    // Not in the database either.
    const files = ["records.db", "records.db-wal"].map((name) => readFileSync(join(fresh.folder, name), "latin1"));
    expect(files.join()).not.toMatch(/hunter2|other2/);
    expect((await sentTo(id)).at(-1).document.agent.controller).toBe("wss://other2other2.example/mqtt");
  });

  test("a loop without end is refused, and nobody waits for it", async () => {
    await device();
    const bomb = "{% for a in (1..9999) %}{% for b in (1..9999) %}{% endfor %}{% endfor %}";
    const answer = await call("PUT", "/templates/t", { name: "T", document: { agent: { controller: bomb } } });
    expect(answer.body.faults).toEqual([{ path: "agent.controller", message: expect.stringMatching(/too much work/) }]);
  });
});
