import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configLimits } from "../../../controller/config/index.ts";
import { birthWith, hashB, reportOf } from "../config/said.ts";
import { type FreshHttp, freshHttp } from "./fresh.ts";

let fresh: FreshHttp;
beforeAll(async () => {
  fresh = await freshHttp();
});
afterAll(() => fresh.end());

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
  const made = await call("POST", "/devices", { name: "Market Square", kind: "access-point", ...more });
  return made.body.id;
}
/** What was sent to a device until now, as the bodies that were signed. */
async function sentTo(id: string): Promise<Any[]> {
  await flushed();
  return fresh.sent.filter((one) => one.device === id).map((one) => JSON.parse(JSON.parse(one.payload).body));
}
/** Sends are paced by the clock; records answer in their own time. */
async function flushed(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    fresh.clock.pass(100);
    await new Promise((done) => setImmediate(done));
  }
}
const document = { agent: { intervalMs: 30_000, collectors: { probe: { enabled: false } } } };

describe("the configuration of a device", () => {
  test("begins with nothing wanted", async () => {
    const id = await device();
    const found = await call("GET", `/devices/${id}/config`);
    expect(found).toMatchObject({ status: 200, etag: '"0"' });
    expect(found.body).toMatchObject({ revision: 0, document: {}, status: "none", onDevice: null });
    expect((await call("GET", "/devices/none-such/config")).status).toBe(404);
  });

  test("is wanted, sent, confirmed and applied, with who and when in the history", async () => {
    const id = await device();
    const put = await call("PUT", `/devices/${id}/config`, { document, message: "slower", trialMs: 20_000 });
    expect(put).toMatchObject({ status: 200, body: { document, status: "waiting", message: "slower" } });
    const { revision } = put.body;
    expect(revision).toBeGreaterThanOrEqual(fresh.clock.now() - 1_000);
    const [body] = await sentTo(id);
    expect(body).toMatchObject({ purpose: "config", device: id, revision, trialMs: 20_000, document });
    const state = await fresh.call("GET", `/api/v1/devices/${id}`).then((r) => r.json() as Any);
    expect(state.config).toMatchObject({ desired: revision, status: "trying" });

    const hash = (await fresh.config.revisions(id))[0]?.hash ?? "";
    fresh.config.stated(id, birthWith({ revision, hash, state: "trying" }, 4));
    fresh.config.reported(id, reportOf({ revision, hash, state: "trying", attempt: 1, session: 3 }));
    expect(await sentTo(id)).toHaveLength(1);
    fresh.config.reported(id, reportOf({ revision, hash, state: "trying", attempt: 1, session: 4 }));
    expect((await sentTo(id))[1]).toMatchObject({ purpose: "confirm", revision, attempt: 1, session: 4 });
    fresh.config.reported(id, reportOf({ revision, hash, state: "applied", session: 4 }));
    await flushed();
    const done = await call("GET", `/devices/${id}/config`);
    expect(done.body).toMatchObject({ status: "applied", onDevice: { revision } });
    const history = await call("GET", `/devices/${id}/config/revisions`);
    expect(history.body.items).toMatchObject([
      { revision, message: "slower", outcome: "applied", by: { kind: "token" }, document },
    ]);
    const audit = await call("GET", `/audit?subject=device:${id}`);
    expect(audit.body.items[0]).toMatchObject({
      action: "device.configured",
      after: { changes: expect.arrayContaining([{ path: "agent.intervalMs", to: 30_000 }]) },
    });
  });

  test("the same once more is the same", async () => {
    const id = await device();
    const first = await call("PUT", `/devices/${id}/config`, { document });
    const again = await call("PUT", `/devices/${id}/config`, { document });
    expect(again.body.revision).toBe(first.body.revision);
  });

  test("tells who saw an older one, and keeps what is newer", async () => {
    const id = await device();
    const first = await call("PUT", `/devices/${id}/config`, { document }, { "if-match": '"0"' });
    expect(first.status).toBe(200);
    const late = await call("PUT", `/devices/${id}/config`, { document: {} }, { "if-match": '"0"' });
    expect(late.status).toBe(412);
    const next = await call("PUT", `/devices/${id}/config`, { document: {} }, { "if-match": first.etag ?? "" });
    expect(next.body.revision).toBeGreaterThan(first.body.revision);
    const { items } = (await call("GET", `/devices/${id}/config/revisions`)).body;
    expect(items.map((one: Any) => one.outcome)).toEqual(["waiting", "superseded"]);
  });

  test("goes back to an earlier document as a new revision", async () => {
    const id = await device();
    const first = (await call("PUT", `/devices/${id}/config`, { document })).body;
    await call("PUT", `/devices/${id}/config`, { document: { agent: { intervalMs: 5_000 } } });
    const back = await call("POST", `/devices/${id}/config/revisions/${first.revision}/restore`);
    expect(back).toMatchObject({ status: 200, body: { document } });
    expect(back.body.revision).toBeGreaterThan(first.revision);
    expect((await call("POST", `/devices/${id}/config/revisions/12/restore`)).status).toBe(404);
    expect((await call("POST", `/devices/${id}/config/revisions/x/restore`)).status).toBe(404);
  });

  test.each([
    ["too often", { agent: { intervalMs: 10 } }, "agent.intervalMs", /at least 1000/],
    ["a key that is misspelt", { agent: { intervalMS: 10_000 } }, "agent.intervalMS", /no such setting/],
    ["a section that there is not", { antennas: { tilt: 3 } }, "antennas", /no such setting/],
    [
      "a radio without a channel",
      { radios: [{ name: "radio0", protocol: "802.11n" }] },
      "radios.0.channel",
      /whole number/,
    ],
    ["an open line", { agent: { controller: "ws://lamps.example/mqtt" } }, "agent.controller", /wss:/],
    [
      "a password in an address",
      { agent: { controller: "wss://jo:secret@lamps.example/mqtt" } },
      "agent.controller",
      /wss:/,
    ],
    [
      "an unknown kind of check",
      { agent: { collectors: { probe: { probes: [{ name: "a", kind: "ftp" }] } } } },
      /probes\.0/,
      /dns, tcp, http/,
    ],
    ["too many checks", { agent: { collectors: { probe: { probes: Array(33).fill({}) } } } }, /probes/, /./],
    ["a document that is too long", { agent: { x: "y".repeat(configLimits.documentBytes) } }, "", /at most/],
  ])("refuses %s, with the path", async (_, wrong, path, message) => {
    const id = await device();
    const answer = await call("PUT", `/devices/${id}/config`, { document: wrong });
    expect(answer.status).toBe(400);
    const faults = answer.body.faults as { path: string; message: string }[];
    expect(faults.some((f) => (path instanceof RegExp ? path.test(f.path) : f.path === path))).toBe(true);
    expect(faults.map((f) => f.message).join()).toMatch(message);
    expect(await sentTo(id)).toEqual([]);
  });

  test.each([9_999, 600_001, 1.5, "60s"])("refuses a trial of %s ms", async (trialMs) => {
    expect((await call("PUT", `/devices/${await device()}/config`, { document, trialMs })).status).toBe(400);
  });

  test("is above a foreign one, which is replaced only by a person", async () => {
    const id = await device();
    const revision = fresh.clock.now() + 1_000_000;
    fresh.config.stated(id, birthWith({ revision, hash: hashB, state: "applied" }));
    await flushed();
    expect((await call("GET", `/devices/${id}`)).body.config).toMatchObject({ state: "foreign", status: "foreign" });
    const put = await call("PUT", `/devices/${id}/config`, { document });
    expect(put.body.revision).toBe(revision + 1);
    expect(await sentTo(id)).toHaveLength(1);
  });

  test("keeps a bounded history, and always what is on the device", async () => {
    const id = await device();
    const first = (await call("PUT", `/devices/${id}/config`, { document })).body;
    const hash = (await fresh.config.revisions(id))[0]?.hash ?? "";
    fresh.config.stated(id, birthWith({ revision: first.revision, hash, state: "applied" }));
    for (let i = 0; i < configLimits.history + 5; i++)
      await call("PUT", `/devices/${id}/config`, { document: { agent: { intervalMs: 20_000 + i } } });
    const { items } = (await call("GET", `/devices/${id}/config/revisions`)).body;
    expect(items).toHaveLength(configLimits.history);
    // Known still: it comes back with it, and is told the newest instead of being called foreign.
    fresh.config.stated(id, birthWith({ revision: first.revision, hash, state: "applied" }, 2));
    await flushed();
    expect((await call("GET", `/devices/${id}/config`)).body.status).toBe("trying");
    const rows = await fresh.records.db
      .selectFrom("config_revision")
      .select("device")
      .where("device", "=", id)
      .execute();
    expect(rows).toHaveLength(configLimits.history + 1);
  });

  test("knows what a device refused long ago, however often somebody tried meanwhile", async () => {
    const id = await device();
    const first = (await call("PUT", `/devices/${id}/config`, { document })).body;
    const hash = (await fresh.config.revisions(id))[0]?.hash ?? "";
    fresh.config.reported(id, reportOf({ revision: first.revision, hash, state: "rejected" }));
    for (let i = 0; i < configLimits.history + 5; i++)
      await call("PUT", `/devices/${id}/config`, { document: { agent: { intervalMs: 20_000 + i } } });
    fresh.config.stated(id, birthWith({ revision: first.revision, hash, state: "rejected" }, 2));
    await flushed();
    expect((await call("GET", `/devices/${id}/config`)).body.status).toBe("trying");
  });

  test("of a removed device is not brought back by what was being looked up", async () => {
    const id = await device();
    fresh.config.stated(id, birthWith({ revision: 7, hash: hashB, state: "applied" }));
    await call("DELETE", `/devices/${id}`);
    await flushed();
    const states = fresh.records.db.selectFrom("config_device").select("device").where("device", "=", id);
    expect(await states.execute()).toEqual([]);
  });

  test("goes with the device", async () => {
    const id = await device();
    await call("PUT", `/devices/${id}/config`, { document });
    await call("DELETE", `/devices/${id}`);
    await flushed();
    const rows = await fresh.records.db
      .selectFrom("config_revision")
      .select("device")
      .where("device", "=", id)
      .execute();
    expect(rows).toEqual([]);
  });
});

describe("many devices", () => {
  test("see the effect first, and send exactly that", async () => {
    const site = (await call("POST", "/sites", { name: "Library", location: { lat: 51.5, lon: 0.3 } })).body.id;
    const [a, b, sensor] = [await device({ site }), await device({ site }), await device({ site, kind: "sensor" })];
    await call("PUT", `/devices/${b}/config`, { document: { agent: { intervalMs: 5_000 } } });
    const patch = { agent: { intervalMs: 30_000 } };
    const wish = { select: { site, kind: "access-point" }, patch, trialMs: 20_000 };
    const preview = await call("POST", "/config/preview", wish);
    expect(preview.body).toMatchObject({
      devices: 2,
      changing: 2,
      effect: { radiosRestarted: 0, reconnects: 2, moves: 0, revertsAfterMs: 20_000, away: 0, foreign: 0 },
      problems: [],
    });
    expect(preview.body.groups.map((g: Any) => [g.devices[0].id, g.changes])).toEqual(
      expect.arrayContaining([
        [a, [expect.objectContaining({ path: "agent.intervalMs", from: null, to: 30_000 })]],
        [b, [expect.objectContaining({ path: "agent.intervalMs", from: 5_000, to: 30_000 })]],
      ]),
    );
    const { seen } = preview.body;
    const put = await call("PUT", "/config", { ...wish, seen, message: "calmer" });
    expect(put.body).toMatchObject({ unchanged: 0, devices: expect.arrayContaining([a, b]) });
    expect(await sentTo(sensor)).toEqual([]);
    expect((await sentTo(a))[0]).toMatchObject({ document: patch, trialMs: 20_000 });
    expect((await call("PUT", "/config", { ...wish, seen })).status).toBe(412);
    const again = await call("PUT", "/config", wish);
    expect(again.body).toEqual({ devices: [], unchanged: 2 });
  });

  test("leave room for others while they are written", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `Lamp ${i},switch`).join("\n");
    const wish = { kind: "devices", text: `name,kind\n${rows}\n`, create: 200, change: 0 };
    let turns = 0;
    let over = false;
    const count = (): void => {
      turns++;
      if (!over) setImmediate(count);
    };
    count();
    expect((await call("POST", "/imports", wish)).status).toBe(200);
    expect(turns).toBeGreaterThan(5);
    turns = 0;
    const put = await call("PUT", "/config", { select: { kind: "switch" }, patch: { agent: { intervalMs: 40_000 } } });
    over = true;
    expect(put.body.devices).toHaveLength(200);
    expect(turns).toBeGreaterThan(5);
  });

  test("say what is wrong by path, and change nobody", async () => {
    const id = await device();
    const wish = { select: { devices: [id] }, patch: { agent: { intervalMs: 1 } } };
    const preview = await call("POST", "/config/preview", wish);
    expect(preview.body).toMatchObject({ changing: 0, problems: [{ path: "agent.intervalMs", devices: 1 }] });
    expect((await call("PUT", "/config", wish)).status).toBe(400);
    expect((await call("GET", `/devices/${id}/config`)).body.revision).toBe(0);
  });

  test("a null takes a setting away, back to the device's own", async () => {
    const id = await device();
    await call("PUT", `/devices/${id}/config`, { document });
    await call("PUT", "/config", { select: { devices: [id] }, patch: { agent: { collectors: null } } });
    expect((await call("GET", `/devices/${id}/config`)).body.document).toEqual({ agent: { intervalMs: 30_000 } });
  });

  test.each([
    [{}, /chosen/],
    [{ devices: ["none-such"] }, /none-such/],
  ])("refuse to be chosen by %j", async (select, problem) => {
    const answer = await call("POST", "/config/preview", { select, patch: {} });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toMatch(problem);
  });

  test("a key that is called __proto__ changes nothing", async () => {
    const id = await device();
    const body = `{"select":{"devices":["${id}"]},"patch":{"__proto__":{"agent":{"intervalMs":9000}}}}`;
    const answer = await call("PUT", "/config", body);
    expect(answer.body).toEqual({ devices: [], unchanged: 1 });
    expect(({} as Any).agent).toBeUndefined();
  });

  test("a document as deep as a well is refused, not a fault of ours", async () => {
    const id = await device();
    const deep = `${'{"agent":'.repeat(20_000)}1${"}".repeat(20_000)}`;
    for (const [method, path, body] of [
      ["PUT", `/devices/${id}/config`, `{"document":${deep}}`],
      ["PUT", "/config", `{"select":{"all":true},"patch":${deep}}`],
      ["POST", "/config/preview", `{"select":{"all":true},"patch":${deep}}`],
    ] as const) {
      const answer = await call(method, path, body);
      expect(answer.status).toBe(400);
      expect(answer.body.detail).toMatch(/nested more than 32 deep/);
    }
  });

  test("a document that is too long is refused with a sentence", async () => {
    const ignore = Array.from({ length: 20_000 }, () => "eth0");
    const document = { agent: { collectors: { interface: { ignore } } } };
    const answer = await call("PUT", `/devices/${await device()}/config`, { document });
    expect(answer.body.detail).toMatch(/^the document will not do: \d+ bytes; at most 65536 are allowed$/);
  });

  test("are no more at once than the limit", async () => {
    const rows = Array.from({ length: configLimits.devicesAtOnce + 1 }, (_, i) => `ap-${i}`);
    const answer = await call("POST", "/config/preview", { select: { devices: rows }, patch: {} });
    expect(answer.status).toBe(400);
  });

  test("find the form's defaults and the schema", async () => {
    const { body } = await call("GET", "/config/schema");
    expect(body.defaults.agent.intervalMs).toBe(10_000);
    expect(body.schema.properties.agent.properties.intervalMs).toMatchObject({ maximum: 3_600_000 });
  });
});
