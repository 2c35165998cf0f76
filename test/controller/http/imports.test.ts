import { afterAll, beforeAll, expect, test } from "vitest";
import { httpLimits } from "../../../controller/http/index.ts";
import type { Plan } from "../../../controller/registry/index.ts";
import { type FreshHttp, freshHttp } from "./fresh.ts";

let fresh: FreshHttp;
beforeAll(async () => {
  fresh = await freshHttp();
});
afterAll(() => fresh.end());

const post = async (path: string, body: unknown) => {
  const answer = await fresh.call("POST", `/api/v1${path}`, { body, as: "operator" });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const text = "name,lat,lon\nDemo library,51.4779,north\n";

test("a spreadsheet is looked at, mended, brought in, and taken back", async () => {
  const shown = (await post("/imports/preview", { text })).body as unknown as Plan;
  expect(shown.rows[0]).toMatchObject({ line: 2, effect: "wrong", problems: [{ column: "longitude" }] });
  const { columns, kind } = shown;
  const refused = await post("/imports", { kind, text, create: 1, change: 0 });
  expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringMatching(/nothing was written/) } });

  const rows = [{ line: 2, cells: ["Demo library", "51.4779", "0.3236"] }];
  const mended = (await post("/imports/preview", { kind, columns, rows })).body as unknown as Plan;
  expect(mended.counts).toEqual({ create: 1, change: 0, same: 0, wrong: 0 });
  const made = await post("/imports", { kind, columns, rows, create: 1, change: 0 });
  expect(made).toMatchObject({ status: 200, body: { created: 1, undoneAt: null } });

  const out = await fresh.call("GET", "/api/v1/exports/sites", { as: "viewer" });
  expect(out.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(out.headers.get("content-disposition")).toContain("sites.csv");
  expect(await out.text()).toContain("Demo library,51.4779,0.3236");

  const undone = await post(`/imports/${made.body["id"]}/undo`, {});
  expect(undone.body["undoneAt"]).not.toBeNull();
  expect(fresh.registry.sites()).toEqual([]);
  const list = await fresh.call("GET", "/api/v1/imports", { as: "operator" });
  expect(((await list.json()) as { items: unknown[] }).items).toHaveLength(1);
});

test("devices come out with their state and when they were heard last", async () => {
  const device = await fresh.registry.deviceChanges.create({ kind: "user", id: "u" }, { name: "AP", kind: "sensor" });
  const nothing = { since: null, boot: null, birth: null, clock: null, spool: null };
  fresh.presence.set(device.id, { ...nothing, state: "offline", lastSeenAt: 0 });
  const out = await fresh.call("GET", "/api/v1/exports/devices", { as: "viewer" });
  expect(await out.text()).toContain(`${device.id},AP,sensor,none,none,none,,,offline,1970-01-01T00:00:00.000Z,,,`);
});

test("a body over the bound is refused before it is read", async () => {
  const big = await fresh.call("POST", "/api/v1/imports/preview", { body: " ".repeat(httpLimits.importBytes + 1) });
  expect(big.status).toBe(413);
  const fits = await post("/imports/preview", { text: `name\n${"x\n".repeat(1_999)}${" ".repeat(300_000)}` });
  expect(fits.status).toBe(200);
});
