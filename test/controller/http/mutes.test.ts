import { afterAll, beforeAll, expect, it } from "vitest";
import { type FreshHttp, freshHttp } from "./fresh.ts";

let fresh: FreshHttp;
let site = "";
beforeAll(async () => {
  fresh = await freshHttp();
  const made = await fresh.call("POST", "/api/v1/sites", {
    body: { name: "Library", location: { lat: 51.5, lon: 0.3 } },
  });
  site = ((await made.json()) as { id: string }).id;
  for (const name of ["Demo 1", "Demo 2"])
    await fresh.call("POST", "/api/v1/devices", { body: { name, kind: "access-point", site } });
});
afterAll(() => fresh.end());
const json = async <T = Record<string, unknown>>(response: Response) => (await response.json()) as T;
type Page = { items: { id: string; state: string }[]; next: string | null };
const hour = 3_600_000;

it("a silence: what it would hold back, made, shown, prolonged by who saw the newest, ended", async () => {
  const now = fresh.clock.now();
  const scope = { sites: [site] };
  const tried = await fresh.call("POST", "/api/v1/silences/matches", { body: { scope }, as: "viewer" });
  expect(await json(tried)).toEqual({ devices: 2, incidents: [], next: [] });
  const wish = { scope, endAt: now + hour, why: "Roadworks" };
  expect((await fresh.call("POST", "/api/v1/silences", { body: wish, as: "viewer" })).status).toBe(403);
  const made = await fresh.call("POST", "/api/v1/silences", { body: wish, as: "operator" });
  expect([made.status, made.headers.get("etag")]).toEqual([201, '"1"']);
  const silence = await json<{ id: string }>(made);
  expect(silence).toMatchObject({ state: "active", startAt: now, endAt: now + hour, madeBy: { name: "operator" } });
  const path = `/api/v1/silences/${silence.id}`;
  const change = (version: string) =>
    fresh.call("PATCH", path, { body: { endAt: now + 2 * hour }, headers: { "if-match": version } });
  expect(await json(await change('"1"'))).toMatchObject({ endAt: now + 2 * hour, until: now + 2 * hour });
  expect((await change('"1"')).status).toBe(412);
  fresh.clock.pass(1_000);
  expect(await json(await fresh.call("POST", `${path}/end`))).toMatchObject({ state: "over", endedAt: now + 1_000 });
  expect((await fresh.call("POST", `${path}/end`)).status).toBe(409);
  expect(await json<Page>(await fresh.call("GET", "/api/v1/silences?state=over"))).toMatchObject({ items: [{}] });
  expect((await fresh.call("GET", path.replace("silences", "maintenance-windows"))).status).toBe(404);
});

it("a window: its next five before saving; made, listed a page at a time by what it is, removed before it begins", async () => {
  const when = { first: "2026-10-24T01:30", rrule: "FREQ=DAILY", durationMs: hour, timeZone: "Europe/London" };
  const body = { scope: { kinds: ["access-point"] }, when };
  const { next, devices } = await json<{ next: { from: number }[]; devices: number }>(
    await fresh.call("POST", "/api/v1/maintenance-windows/matches", { body }),
  );
  expect(devices).toBe(2);
  // On the 25th 01:30 comes twice: once is enough.
  expect(next.map(({ from }) => new Date(from).toISOString().slice(5, 16))).toEqual([
    "10-24T00:30",
    "10-25T00:30",
    "10-26T01:30",
    "10-27T01:30",
    "10-28T01:30",
  ]);
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    const made = await fresh.call("POST", "/api/v1/maintenance-windows", { body: { ...body, why: `Demo ${i}` } });
    const window = await json<{ id: string }>(made);
    expect(window).toMatchObject({ state: "coming", sla: "exclude", when, nextAt: next[0]?.from });
    ids.push(window.id);
    fresh.clock.pass(1_000);
  }
  for (const query of ["", "&state=coming"]) {
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await json<Page>(await fresh.call("GET", `/api/v1/maintenance-windows?limit=2${query}${cursor}`));
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next === null ? "" : `&cursor=${page.next}`;
    } while (cursor);
    expect(seen).toEqual([...ids].reverse());
  }
  expect((await json<Page>(await fresh.call("GET", "/api/v1/maintenance-windows?state=active"))).items).toEqual([]);
  expect((await fresh.call("GET", "/api/v1/maintenance-windows?cursor=bad")).status).toBe(400);
  const [first = ""] = ids;
  const path = `/api/v1/maintenance-windows/${first}`;
  expect(await json(await fresh.call("PATCH", path, { body: { sla: "count" } }))).toMatchObject({ sla: "count" });
  expect((await fresh.call("DELETE", path)).status).toBe(204);
  expect((await fresh.call("GET", path)).status).toBe(404);
});

it("what will not do is answered with where and what is allowed", async () => {
  const faults = async (body: object) =>
    (
      await json<{ faults: { path: string; message: string }[] }>(
        await fresh.call("POST", "/api/v1/maintenance-windows", { body }),
      )
    ).faults;
  const when = { first: "2026-10-24T01:30", rrule: "FREQ=DAILY", durationMs: hour, timeZone: "Europe/London" };
  expect(await faults({ when, why: "Demo" })).toMatchObject([{ path: "scope", message: /this would be everything/ }]);
  expect(await faults({ when: { startAt: 1 }, why: "Demo", scope: { sites: [site] } })).toEqual([
    { path: "when", message: "either startAt and endAt, or first, rrule, durationMs and timeZone" },
  ]);
  const [fault] = await faults({ when: { ...when, rrule: "FREQ=HOURLY" }, why: "Demo", scope: { sites: [site] } });
  expect(fault).toMatchObject({ path: "when.rrule", message: expect.stringMatching(/allowed: DAILY/) });
});

it("a device that is down in maintenance shows so, and why", async () => {
  const now = fresh.clock.now();
  const made = await fresh.call("POST", "/api/v1/devices", { body: { name: "Gateway", kind: "gateway" } });
  const { id } = await json<{ id: string }>(made);
  const path = `/api/v1/devices/${id}`;
  const offline = {
    state: "offline" as const,
    since: now,
    lastSeenAt: now,
    boot: null,
    birth: null,
    clock: null,
    spool: null,
  };
  fresh.presence.set(id, offline);
  expect(await json(await fresh.call("GET", path))).toMatchObject({ state: "offline", maintenance: null });
  const when = { startAt: now, endAt: now + hour };
  const body = { scope: { devices: [id] }, when, why: "New switch" };
  await fresh.call("POST", "/api/v1/maintenance-windows", { body });
  const maintenance = { why: "New switch", until: now + hour, sla: "exclude" };
  expect(await json(await fresh.call("GET", path))).toMatchObject({ state: "maintenance", maintenance });
  const list = async (state: string) =>
    (await json<Page>(await fresh.call("GET", `/api/v1/devices?state=${state}`))).items;
  expect([await list("maintenance"), await list("offline")]).toMatchObject([[{ id }], []]);
  fresh.presence.set(id, { ...offline, state: "online" });
  expect(await json(await fresh.call("GET", path))).toMatchObject({ state: "online", maintenance });
  fresh.presence.set(id, offline);
  fresh.clock.pass(hour);
  expect(await json(await fresh.call("GET", path))).toMatchObject({ state: "offline", maintenance: null });
});

it("the calendar: when there is maintenance, of a few weeks at most", async () => {
  const from = Date.parse("2026-12-07T00:00Z");
  const day = 24 * hour;
  const when = { first: "2026-12-07T22:00", rrule: "FREQ=WEEKLY;BYDAY=MO", durationMs: hour, timeZone: "UTC" };
  const body = { scope: { sites: [site] }, when, why: "Demo calendar" };
  const { id } = await json<{ id: string }>(await fresh.call("POST", "/api/v1/maintenance-windows", { body }));
  const look = (to: number) =>
    fresh.call("GET", `/api/v1/maintenance-windows/calendar?from=${from}&to=${to}`, { as: "viewer" });
  const mine = async () =>
    (await json<{ items: { id: string; from: number; to: number }[] }>(await look(from + 14 * day))).items.filter(
      (one) => one.id === id,
    );
  const first = from + 22 * hour;
  expect(await mine()).toEqual([0, 7].map((days) => ({ id, from: first + days * day, to: first + days * day + hour })));
  expect((await look(from + 42 * day)).status).toBe(200);
  expect((await look(from + 42 * day + 1)).status).toBe(400);
  expect((await look(from)).status).toBe(400);
  await fresh.call("POST", `/api/v1/maintenance-windows/${id}/end`);
  expect(await mine()).toEqual([]);
});
