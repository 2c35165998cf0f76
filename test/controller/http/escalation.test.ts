import { afterAll, beforeAll, expect, it } from "vitest";
import { type FreshHttp, freshHttp } from "./fresh.ts";

let fresh: FreshHttp;
beforeAll(async () => {
  fresh = await freshHttp();
});
afterAll(() => fresh.end());

it("is read by operators, changed by admins who saw the newest, and says whose week it is", async () => {
  const path = "/api/v1/escalation";
  const none = await fresh.call("GET", path, { as: "operator" });
  expect([none.headers.get("etag"), await none.json()]).toMatchObject(['"0"', { policy: { steps: [] }, onDuty: null }]);
  const channel = { kind: "webhook", name: "Duty", settings: { url: "https://a.example/" } };
  const { id } = (await (await fresh.call("POST", "/api/v1/channels", { body: channel })).json()) as { id: string };
  const body = {
    steps: [
      { afterMs: 0, rota: true },
      { afterMs: 300_000, channels: [id], repeatEveryMs: 600_000 },
    ],
    rota: { timeZone: "Europe/London", from: "2026-06-01T09:00", weeks: [{ who: "jo", channels: [id] }] },
  };
  expect((await fresh.call("PUT", path, { body, as: "operator" })).status).toBe(403);
  const made = await fresh.call("PUT", path, { body, headers: { "if-match": '"0"' } });
  expect([made.status, made.headers.get("etag")]).toEqual([200, '"1"']);
  expect(await made.json()).toMatchObject({
    policy: { severities: ["critical", "major"], againAfterMs: 1_800_000 },
    onDuty: { who: "jo", channels: [id], until: Date.parse("2026-06-08T08:00Z") },
    missing: [],
  });
  expect((await fresh.call("PUT", path, { body, headers: { "if-match": '"0"' } })).status).toBe(412);
  const wrong = await fresh.call("PUT", path, { body: { steps: [{ afterMs: 5, channels: [id] }] } });
  expect(await wrong.json()).toMatchObject({ faults: [{ path: "steps.0.afterMs" }] });
});
