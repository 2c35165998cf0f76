import { expect, it } from "vitest";
import { later } from "../../undo.ts";
import { freshHttp } from "./fresh.ts";

const busy = {
  id: "busy",
  title: "It is busy",
  value: { field: "system.cpu_percent" },
  raise: { above: 90 },
  for: "5m",
  severity: "warning",
};

it("a rule is tried on what was measured, asked for, and forgotten", async () => {
  const one = await freshHttp();
  later(one.end);
  const until = one.clock.now();
  const bad = (minutes: number) => (minutes >= 60 && minutes < 120 ? 99 : 10);
  const points = Array.from({ length: 288 }, (_, i): [number, number] => [until - (288 - i) * 300_000, bad(i * 5)]);
  one.series.push({ device: "ap-1", tags: {}, points });
  const path = "/api/v1/alert-rules/backtest";
  const made = await one.call("POST", path, { as: "operator", body: { rule: busy, from: until - 86_400_000 } });
  expect(made.status).toBe(202);
  const { id } = (await made.json()) as { id: string };
  await one.backtests.idle();
  const done = await one.call("GET", `${path}/${id}`, { as: "viewer" });
  expect(await done.json()).toMatchObject({
    state: "done",
    progress: { devices: 1, of: 1 },
    result: {
      rule: "busy",
      resolution: "5-minute",
      sentence: "Would have fired once in 1 day.",
      counts: { looked: 1, withData: 1, fired: 1, incidents: 1 },
      list: [{ device: "ap-1", said: "99 % (limit 90 %)" }],
    },
  });
  expect((await one.call("DELETE", `${path}/${id}`)).status).toBe(204);
  expect((await one.call("GET", `${path}/${id}`)).status).toBe(404);
});

it("what cannot be tried is answered with where and what is allowed", async () => {
  const one = await freshHttp();
  later(one.end);
  const ask = (body: object) => one.call("POST", "/api/v1/alert-rules/backtest", { body });
  expect((await ask({ rule: { ...busy, raise: {} } })).status).toBe(400);
  expect((await ask({ rule: busy, from: one.clock.now() - 1_000 })).status).toBe(400);
  const counting = { ...busy, value: { field: "system.cpu_percent", fn: "count", window: "1h" } };
  const refused = await ask({ rule: counting });
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({ faults: [{ path: "rule.value" }] });
});
