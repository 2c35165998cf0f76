import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configLimits } from "../../../controller/config/index.ts";
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
const composedOf = async (id: string) => (await call("GET", `/devices/${id}/config`)).body.composed;
const interval = (ms: unknown) => ({ agent: { intervalMs: ms } });

describe("drafts", () => {
  const template = (ms: number) => ({ name: "Base", document: interval(ms) });

  test("are edited together, looked at, and applied as one change", async () => {
    const [a, b] = [await device(), await device()];
    const made = await call("POST", "/config/drafts", { name: "Calmer nights" });
    expect(made).toMatchObject({ status: 201, etag: '"1"' });
    const path = `/config/drafts/${made.body.id}`;
    await call("PATCH", path, { put: [{ kind: "template", id: "base", body: template(30_000) }] });
    const edited = await call("PATCH", path, {
      message: "for the night",
      put: [
        {
          kind: "group",
          id: "g",
          body: { name: "G", devices: [a], variables: { n: { type: "number", value: 40_000 } } },
        },
        {
          kind: "template",
          id: "base",
          body: { ...template(0), document: interval("{{ n }}"), variables: { n: { type: "number", value: 30_000 } } },
        },
        { kind: "device", id: b, body: { document: { agent: { collectors: { radio: { enabled: false } } } } } },
      ],
    });
    expect(edited.body.items).toHaveLength(3);
    expect((await call("PATCH", path, { name: "Other" }, { "if-match": '"1"' })).status).toBe(412);
    expect(await composedOf(a)).toEqual({});
    const preview = (await call("POST", "/config/preview", { draft: made.body.id })).body;
    expect(preview).toMatchObject({ changing: 2, problems: [], effect: { needs: { reconnect: 2, radio: 0 } } });
    const groupOf = (id: string) => preview.groups.find((g: Any) => g.devices.some((d: Any) => d.id === id));
    expect(groupOf(a).changes).toEqual([
      {
        ...{ path: "agent.intervalMs", from: null, to: 40_000, by: [{ kind: "default", id: "base", name: "Base" }] },
        variables: [{ name: "n", by: { kind: "group", id: "g", name: "G" } }],
      },
    ]);
    expect(groupOf(b).changes.map((one: Any) => one.by[0].kind)).toEqual(["default", "device"]);
    const applied = await call("POST", `${path}/apply`, { seen: preview.seen });
    expect(applied.body).toMatchObject({ revision: 1, due: 0, devices: expect.arrayContaining([a, b]) });
    expect(await composedOf(a)).toEqual(interval(40_000));
    expect((await call("GET", path)).status).toBe(404);
    const changes = (await call("GET", "/config/changes")).body.items;
    expect(changes).toMatchObject([{ revision: 1, message: "for the night", items: 3 }]);
  });

  test("are refused where something of them was changed meanwhile", async () => {
    await device();
    await call("PUT", "/templates/base", template(30_000));
    const { id } = (await call("POST", "/config/drafts", { name: "d" })).body;
    await call("PATCH", `/config/drafts/${id}`, { put: [{ kind: "template", id: "base", body: template(20_000) }] });
    await call("PUT", "/templates/base", template(10_000));
    const refused = await call("POST", `/config/drafts/${id}/apply`, {});
    expect(refused).toMatchObject({ status: 412, body: { detail: 'the template "base" was changed in the meantime' } });
    expect((await call("GET", `/config/drafts/${id}`)).status).toBe(200);
  });

  test("what was looked at is what is applied", async () => {
    const id = await device();
    const items = [{ kind: "template", id: "base", body: template(30_000) }];
    const { seen } = (await call("POST", "/config/preview", { items })).body;
    const draft = (await call("POST", "/config/drafts", { name: "d" })).body.id;
    await call("PATCH", `/config/drafts/${draft}`, { put: items });
    await call("PUT", `/devices/${id}/config`, { document: interval(5_000) });
    expect((await call("POST", `/config/drafts/${draft}/apply`, { seen })).status).toBe(412);
  });

  test("have bounds", async () => {
    const { id } = (await call("POST", "/config/drafts", { name: "d" })).body;
    const many = Array.from({ length: configLimits.itemsAtOnce + 1 }, (_, i) => ({
      kind: "template",
      id: `t${i}`,
      body: null,
    }));
    const answer = await call("PATCH", `/config/drafts/${id}`, { put: many });
    expect(answer.body.faults[0].message).toMatch(/at most 2000 at once/);
    const twice = [
      { kind: "template", id: "t", body: null },
      { kind: "template", id: "t", body: null },
    ];
    expect((await call("PATCH", `/config/drafts/${id}`, { put: twice })).status).toBe(400);
    const long = (n: number) =>
      Array.from({ length: 30 }, (_, i) => ({
        ...{ kind: "template", id: `t${n}-${i}` },
        body: { name: "T", document: { agent: "x".repeat(60_000) } },
      }));
    const statuses: number[] = [];
    for (const n of [1, 2, 3, 4, 5])
      statuses.push((await call("PATCH", `/config/drafts/${id}`, { put: long(n) })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 409]);
    for (let i = 1; i < configLimits.drafts; i++) await call("POST", "/config/drafts", { name: `d${i}` });
    expect((await call("POST", "/config/drafts", { name: "one more" })).body.code).toBe("limit");
  });
});

describe("history", () => {
  test("goes back to how everything was, as a new change", async () => {
    const id = await device();
    await call("PUT", "/templates/base", { name: "Base", document: interval(30_000), message: "first" });
    await call("PUT", "/templates/base", { name: "Base", document: interval(20_000) });
    await call("PUT", "/templates/more", {
      name: "More",
      document: { agent: { collectors: { radio: { enabled: false } } } },
    });
    await call("PUT", `/devices/${id}/config`, { document: { agent: { link: { backlogBytesPerSecond: 2048 } } } });
    const preview = (await call("POST", "/config/preview", { backTo: 1 })).body;
    expect(preview.changing).toBe(1);
    const back = await call("POST", "/config/changes/1/restore", { seen: preview.seen });
    expect(back.body).toMatchObject({ revision: 5, devices: [id] });
    expect(await composedOf(id)).toEqual(interval(30_000));
    expect((await call("GET", "/templates")).body.items.map((one: Any) => one.id)).toEqual(["base"]);
    const { items } = (await call("GET", "/config/changes?limit=2")).body;
    expect(items.map((one: Any) => one.message)).toEqual(["back to how it was after change 1", ""]);
    const change = (await call("GET", "/config/changes/2")).body;
    expect(change.items).toMatchObject([
      { kind: "template", id: "base", before: { document: interval(30_000) }, after: { document: interval(20_000) } },
    ]);
    await call("POST", "/config/changes/4/restore", {});
    expect(await composedOf(id)).toEqual({
      agent: { intervalMs: 20_000, link: { backlogBytesPerSecond: 2048 }, collectors: { radio: { enabled: false } } },
    });
    expect((await call("POST", "/config/changes/99/restore", {})).status).toBe(404);
    expect((await call("GET", "/config/changes/x")).status).toBe(404);
  });

  test("a device goes back to what it said itself, under what holds now", async () => {
    const id = await device();
    const first = (await call("PUT", `/devices/${id}/config`, { document: interval(5_000) })).body.revision;
    await call("PUT", `/devices/${id}/config`, { document: {} });
    await call("PUT", "/templates/base", {
      name: "Base",
      document: { agent: { intervalMs: 1_000, collectors: { radio: { enabled: false } } } },
    });
    const back = await call("POST", `/devices/${id}/config/revisions/${first}/restore`);
    expect(back.body).toMatchObject({
      document: interval(5_000),
      composed: { agent: { intervalMs: 5_000, collectors: { radio: { enabled: false } } } },
    });
  });

  test("the same once more is no change", async () => {
    await device();
    const template = { name: "Base", document: interval(30_000) };
    expect((await call("PUT", "/templates/base", template)).body.applied.revision).toBe(1);
    expect((await call("PUT", "/templates/base", template)).body).toMatchObject({
      version: 1,
      applied: { revision: null },
    });
  });
});
