import { afterAll, beforeAll, expect, it } from "vitest";
import { type FreshHttp, freshHttp } from "./fresh.ts";

let fresh: FreshHttp;
beforeAll(async () => {
  fresh = await freshHttp();
});
afterAll(() => fresh.end());

const busy = {
  id: "busy",
  title: "It is busy",
  value: { field: "system.cpu_percent" },
  raise: { above: 90 },
  severity: "warning",
};
type Entry = { rule: { id: string; for: string }; origin: string; version: number; replaces: boolean; bad: number };

it("rules are listed, made, changed by who saw the newest, and removed", async () => {
  const { items } = (await (await fresh.call("GET", "/api/v1/alert-rules")).json()) as { items: Entry[] };
  expect(items.find(({ rule }) => rule.id === "airtime")).toMatchObject({ origin: "default", version: 0, bad: 1 });
  const made = await fresh.call("PUT", "/api/v1/alert-rules/busy", { body: busy });
  expect([made.status, made.headers.get("etag")]).toEqual([200, '"1"']);
  expect(await made.json()).toMatchObject({ origin: "own", rule: { id: "busy", for: "0s", enabled: true } });
  const old = await fresh.call("PUT", "/api/v1/alert-rules/busy", { body: busy, headers: { "if-match": '"0"' } });
  expect(old.status).toBe(412);
  const next = { ...busy, for: "5m" };
  const changed = await fresh.call("PUT", "/api/v1/alert-rules/busy", { body: next, headers: { "if-match": '"1"' } });
  expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
  expect((await fresh.call("DELETE", "/api/v1/alert-rules/busy")).status).toBe(204);
  expect((await fresh.call("GET", "/api/v1/alert-rules/busy")).status).toBe(404);
});

it("what cannot be a rule is answered with where and what is allowed", async () => {
  const wrong = { ...busy, value: { field: "system.cpu" }, for: "soon" };
  const answer = await fresh.call("PUT", "/api/v1/alert-rules/busy", { body: wrong });
  expect(answer.status).toBe(400);
  const { faults } = (await answer.json()) as { faults: { path: string; message: string }[] };
  expect(faults.map(({ path }) => path)).toEqual(["value.field", "for"]);
  expect(faults[0]?.message).toMatch(/allowed: system\.cpu_percent/);
  expect((await fresh.call("PUT", "/api/v1/alert-rules/other", { body: busy })).status).toBe(400);
  expect((await fresh.call("DELETE", "/api/v1/alert-rules/airtime")).status).toBe(409);
  expect((await fresh.call("PUT", "/api/v1/alert-rules/busy", { body: busy, as: "viewer" })).status).toBe(403);
});

it("says how a rule is written", async () => {
  const schema = (await (await fresh.call("GET", "/api/v1/alert-rules/schema")).json()) as {
    properties: Record<string, { description?: string }>;
  };
  expect(schema.properties.for?.description).toMatch(/bad for so long/);
});
