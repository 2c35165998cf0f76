import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { httpLimits } from "../../../controller/http/limits.ts";
import { StoreAway, TooManyPoints } from "../../../controller/store/series/index.ts";
import { type FreshHttp, freshHttp } from "./fresh.ts";

let fresh: FreshHttp;
let device: string;
const by = { kind: "user", id: "user_test" };
beforeEach(async () => {
  fresh = await freshHttp();
  device = (await fresh.registry.deviceChanges.create(by, { name: "AP", kind: "access-point" })).id;
});
afterEach(() => fresh.end());

const ask = (query: string, path = `/devices/${device}/series`) =>
  fresh.call("GET", `/api/v1${path}?${query}`, { as: "viewer" });
const hourMs = 3_600_000;

test("measurement and field are enough: the last hour, in buckets that a screen can show", async () => {
  fresh.series.push({ device, tags: {}, points: [[1, 2]] });
  const response = await ask("measurement=system&field=cpu_percent");
  expect(await response.json()).toMatchObject({ resolution: "raw", everyMs: 10_000, fn: "mean", series: fresh.series });
  const now = fresh.clock.now();
  expect(fresh.asked).toEqual([
    {
      devices: [device],
      measurement: "system",
      field: "cpu_percent",
      from: now - hourMs,
      to: now,
      everyMs: 10_000,
      fn: "mean",
      limit: httpLimits.points,
    },
  ]);
});

test.each([
  ["from=1000&to=61000&every=5m&fn=max", { from: 0, to: 300_000, everyMs: 300_000, fn: "max" }],
  ["from=2026-06-01T10:00:00Z&to=2026-06-01T11:00:00%2B01:00&every=10000", null],
  [
    "from=2026-06-01T09:00:00Z&to=2026-06-01T11:00:00%2B01:00&every=30s",
    { everyMs: 30_000, to: Date.UTC(2026, 5, 1, 10) },
  ],
  ["from=0&to=604800000", { everyMs: hourMs }],
  ["from=0&to=60000&every=raw", { from: 0, to: 60_000 }],
  ["from=0&to=60000&every=raw&fn=mean", null],
  ["fn=p95&every=1h", { fn: "p95", everyMs: hourMs }],
  ["from=5&to=5", null],
  ["from=yesterday", null],
  ["from=2026-06-01T10:00:00", null],
  ["every=0", null],
  ["every=999", null],
  ["every=5x", null],
  ["fn=median", null],
  ["by=device", null],
  ["limit=9", null],
])("%s", async (query, plan) => {
  const response = await ask(`measurement=system&field=cpu_percent&${query}`);
  expect(response.status).toBe(plan ? 200 : 400);
  if (plan) expect(fresh.asked[0]).toMatchObject(plan);
});

test("roll-ups: how far they are, and made anew by an administrator only", async () => {
  const call = (method: string, path: string, as: "viewer" | "operator" | "admin", body?: object) =>
    fresh.call(method, `/api/v1/rollups${path}`, { as, ...(body ? { body } : {}) });
  expect(await (await call("GET", "", "viewer")).json()).toMatchObject({
    pendingHours: 2,
    doneHours: 5,
    waitsFor: null,
  });
  expect((await call("POST", "/rebuild", "operator", {})).status).toBe(403);
  const answer = await call("POST", "/rebuild", "admin", { device, from: 0 });
  expect([answer.status, await answer.json()]).toEqual([202, { marked: 48, leftAlone: 0 }]);
  expect((await call("POST", "/rebuild", "admin", { device: "nobody" })).status).toBe(404);
  expect((await call("POST", "/rebuild", "admin", { form: 0 })).status).toBe(400);
});

test("what a bucket says depends on what is measured", async () => {
  await ask("measurement=interface&field=rx_bytes&by=interface");
  await ask("measurement=interface&field=up");
  expect(fresh.asked).toMatchObject([{ fn: "rate", by: ["interface"] }, { fn: "last" }]);
});

test("what is not measured is refused with what is", async () => {
  expect(await (await ask("measurement=sytem&field=cpu_percent")).text()).toContain("one of system, agent");
  expect(await (await ask("measurement=system&field=cpu")).text()).toContain("cpu_percent");
  expect((await ask("measurement=__proto__&field=constructor")).status).toBe(400);
  expect((await ask("measurement=system&field=constructor")).status).toBe(400);
});

describe("too much", () => {
  test("buckets beyond the limit are refused before the store is asked, by the limit's name", async () => {
    const response = await ask(
      `measurement=system&field=cpu_percent&from=0&to=${(httpLimits.points + 1) * 1_000}&every=1s`,
    );
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "too-many-points", detail: expect.stringContaining("10000") });
    expect(fresh.asked).toEqual([]);
  });

  test("what the store finds too much, or cannot read now, is said so", async () => {
    fresh.needs.series.query = () => Promise.reject(new TooManyPoints());
    expect((await ask("measurement=system&field=cpu_percent&every=raw")).status).toBe(422);
    fresh.needs.series.query = () => Promise.reject(new StoreAway());
    const away = await ask("measurement=system&field=cpu_percent");
    expect([away.status, away.headers.get("retry-after")]).toEqual([503, "5"]);
  });
});

test("a site's series are those of the devices that were there, while they were there", async () => {
  const at = (name: string) => fresh.registry.siteChanges.create(by, { name, location: { lat: 1, lon: 1 } });
  const [a, b] = [await at("A"), await at("B")];
  await fresh.registry.deviceChanges.change(by, device, { site: a.id });
  fresh.clock.pass(60_000);
  await fresh.registry.deviceChanges.change(by, device, { site: b.id });
  const moved = fresh.clock.now();
  fresh.clock.pass(60_000);
  fresh.series.push({
    device,
    tags: {},
    points: [
      [moved - 20_000, 1],
      [moved - 1, 2],
      [moved, 3],
      [moved + 20_000, 4],
    ],
  });
  const of = async (site: string) => {
    const response = await ask(`site=${site}&measurement=system&field=cpu_percent&every=raw`, "/series");
    const { series } = (await response.json()) as { series: { points: [number, number][] }[] };
    return series.flatMap((one) => one.points.map(([, value]) => value));
  };
  expect(await of(a.id)).toEqual([1, 2]);
  expect(await of(b.id)).toEqual([3, 4]);
  expect(await of("a"), "by its name").toEqual([1, 2]);
  await at("A");
  expect((await ask("site=a&measurement=system&field=cpu_percent", "/series")).status, "two have it").toBe(404);
  expect((await ask("site=none&measurement=system&field=cpu_percent", "/series")).status).toBe(404);
});

test("latest values, delivery and events of a device; of none: 404", async () => {
  const get = async (path: string) => await (await fresh.call("GET", `/api/v1/devices/${path}`)).json();
  expect(await get(`${device}/latest`)).toEqual({
    items: [{ m: "probe", tags: { probe: "dns" }, fields: { latency_ms: 12 }, at: 1 }],
  });
  expect(await get(`${device}/delivery`)).toMatchObject({ missing: 0, boots: [] });
  expect(await get(`${device}/late?from=5&to=9`)).toEqual({ items: [{ from: 5, to: 9, points: 1, arrivedAt: 9 }] });
  const first = (await get(`${device}/events?limit=4`)) as { items: { id: number }[]; next: string };
  const second = (await get(`${device}/events?limit=4&cursor=${first.next}`)) as typeof first;
  expect([...first.items, ...second.items].map((one) => one.id)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  expect(second.next).toBeNull();
  for (const what of ["latest", "delivery", "late", "events", "series?measurement=system&field=cpu_percent"])
    expect((await fresh.call("GET", `/api/v1/devices/none/${what}`)).status).toBe(404);
});
