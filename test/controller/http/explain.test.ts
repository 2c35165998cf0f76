import { expect, it } from "vitest";
import { later } from "../../undo.ts";
import { freshHttp } from "./fresh.ts";

const jo = { kind: "user", id: "user_jo", name: "jo" };
const noFacts = {
  name: "Demo",
  place: null,
  timeZone: "Europe/London",
  down: 1,
  of: 1,
  fine: 0,
  others: 0,
  stopped: false,
  why: "",
};

async function estate() {
  const one = await freshHttp();
  later(one.end);
  const device = await one.registry.deviceChanges.create(jo, { name: "Demo AP", kind: "access-point" });
  const now = one.clock.now();
  const rule = { title: "The channel is crowded", said: "phy0: 91 % (limit 80 %)", worst: "Demo AP", flapping: false };
  const row = {
    ...{ id: "i-1", organisation: one.records.organisation, state: "open", severity: "warning", rule: "airtime" },
    ...{ root_type: "device", root_id: device.id, site: null, facts_json: JSON.stringify({ ...noFacts, rule }) },
    ...{
      since: now - 60_000,
      opened_at: now,
      generation: 0,
      told_members: 0,
      tell_at: now + 15_000,
      includes_json: "[]",
    },
  };
  await one.records.db
    .insertInto("incident")
    .values(row as never)
    .execute();
  const member = {
    incident: "i-1",
    device: device.id,
    name: "Demo AP",
    rule: "airtime",
    state: "down",
    since: now - 60_000,
  };
  await one.records.db.insertInto("incident_member").values(member).execute();
  one.series.push({ device: device.id, tags: { radio: "phy0" }, points: [[now - 60_000, 91]] });
  one.feed.subject(device.id, { ...device, site: "" });
  const sample = {
    device: device.id,
    m: "radio",
    at: now,
    tags: { radio: "phy0" },
    fields: { utilisation_percent: 91 },
  };
  one.feed.sampled(sample);
  return { ...one, device: device.id };
}

it("an incident says what it looked at, its times, what keeps it back and who was told", async () => {
  const { call } = await estate();
  const answer = await call("GET", "/api/v1/incidents/i-1/explain", { as: "viewer" });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    id: "i-1",
    who: expect.stringMatching(/^Nobody is told yet: it is due at/),
    samples: {
      field: "radio.utilisation_percent",
      comparable: true,
      raise: { above: 80 },
      clear: { below: 65 },
      series: [{ points: [[expect.any(Number), 91]] }],
    },
    timers: [{ name: "since" }, { name: "opened" }, { name: "tell" }, { name: "for" }],
    suppressions: [],
    told: [],
  });
  expect((await call("GET", "/api/v1/incidents/none/explain")).status).toBe(404);
});

it("a device says where each rule stands, and what became of its incidents", async () => {
  const { call, device } = await estate();
  const whole = (await (await call("GET", `/api/v1/devices/${device}/explain`, { as: "viewer" })).json()) as {
    rules: { rule: string; state: string; text: string }[];
  };
  const state = (id: string) => whole.rules.find(({ rule }) => rule === id)?.state;
  expect([state("airtime"), state("cpu"), state("own_disk"), state("sensor_stuck")]).toEqual([
    "pending",
    "silent",
    "elsewhere",
    "elsewhere",
  ]);
  expect(whole).toMatchObject({
    presence: { state: "awaiting", text: expect.stringMatching(/^Not yet seen/) },
    site: null,
    incidents: [{ id: "i-1", rule: "airtime", who: expect.stringMatching(/^Nobody is told yet/) }],
  });
  const only = (await (await call("GET", `/api/v1/devices/${device}/explain?rule=airtime`)).json()) as typeof whole;
  expect(only.rules.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Bad since .* 91 % \(limit 80 %\)\. Counts at/),
  ]);
  expect((await call("GET", `/api/v1/devices/${device}/explain?rule=none`)).status).toBe(404);
  expect((await call("GET", "/api/v1/devices/none/explain")).status).toBe(404);
});

it("a draft is tried on the newest values", async () => {
  const { call } = await estate();
  const slow = {
    id: "slow",
    title: "Slow",
    value: { field: "probe.latency_ms" },
    raise: { above: 10 },
    severity: "info",
  };
  const answer = await call("POST", "/api/v1/alert-rules/preview", { as: "operator", body: { rule: slow } });
  expect(await answer.json()).toMatchObject({
    fits: 1,
    withField: 1,
    bad: 1,
    list: [{ name: "Demo AP", number: 12, bad: true }],
  });
  expect((await call("POST", "/api/v1/alert-rules/preview", { body: { rule: { id: "x" } } })).status).toBe(400);
});
