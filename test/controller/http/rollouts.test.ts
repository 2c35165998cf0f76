import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { birthWith, reportOf } from "../config/said.ts";
import { type FreshHttp, freshHttp } from "./fresh.ts";

let fresh: FreshHttp;
const ids: string[] = [];
beforeAll(async () => {
  fresh = await freshHttp();
  for (let n = 0; n < 6; n++)
    ids.push((await call("POST", "/devices", { name: `Square ${n} (demo)`, kind: "access-point" })).body.id);
});
afterAll(() => fresh.end());

// biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
type Any = any;
async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fresh.call(method, `/api/v1${path}`, { body, headers });
  const type = response.headers.get("content-type") ?? "";
  return { status: response.status, body: (type.includes("json") ? await response.json() : null) as Any };
}
/** The clock goes on, and records answer in their own time. */
async function pass(ms = 4_000): Promise<void> {
  for (let gone = 0; gone < ms; gone += 500) {
    fresh.clock.pass(500);
    for (let i = 0; i < 8; i++) await new Promise((done) => setImmediate(done));
  }
}
const wish = (more: object = {}) => ({
  title: "Every 45 s",
  select: { all: true },
  patch: { agent: { intervalMs: 45_000 } },
  settings: { compare: false, apart: "none", waves: [{ devices: 2 }, { percent: 100 }], gate: { soakMs: 1_000 } },
  ...more,
});
/** The device tried what was sent to it last, and says how that went. */
async function says(id: string, state: "applied" | "reverted"): Promise<void> {
  const [newest] = await fresh.config.revisions(id);
  const { revision = 0, hash = "" } = newest ?? {};
  fresh.config.stated(id, birthWith({ revision, hash, state: "trying" }, 4));
  const problems = state === "reverted" ? [{ path: "", message: "no way out" }] : [];
  const report = { revision, hash, state, attempt: 1, session: 4, problems };
  fresh.config.reported(id, reportOf(state === "reverted" ? { ...report, cause: "probe-failed" } : report));
}
const touched = async (id: string, query = "") =>
  (await call("GET", `/rollouts/${id}/devices${query}`)).body.items as Any[];

describe("a rollout by the API", () => {
  test("says who would be in which wave before it begins", async () => {
    const { title: _, ...trial } = wish();
    const { status, body } = await call("POST", "/rollouts/preview", trial);
    expect(status).toBe(200);
    expect(body.waves.map(({ devices }: Any) => devices)).toEqual([2, 4]);
    expect(body.waves[0].first).toHaveLength(2);
    expect(body.change).toMatchObject({ devices: 6, changing: 6, problems: [] });
  });

  test("refuses what will not do, by the path of the mistake", async () => {
    const wrong = await call(
      "POST",
      "/rollouts",
      wish({ settings: { waves: [{ devices: 0 }], window: { from: "25:00", to: "05:00" } } }),
    );
    expect(wrong.status).toBe(400);
    const paths = wrong.body.faults.map(({ path }: Any) => path);
    expect(paths.some((path: string) => path.startsWith("settings.waves"))).toBe(true);
    expect(paths).toContain("settings.window.from");
    expect((await call("POST", "/rollouts", wish({ patch: { agent: { intervalMs: 1 } } }))).body.faults[0].path).toBe(
      "agent.intervalMs",
    );
    expect((await call("POST", "/rollouts", wish({ patch: {} }))).body.detail).toContain("it would change no device");
    expect((await call("POST", "/rollouts", wish({ seen: "something else" }))).status).toBe(412);
    expect((await call("GET", "/rollouts/rollout_none")).status).toBe(404);
  });

  test("goes wave by wave; what it does can be read, held, and let go on", async () => {
    const begun = await call("POST", "/rollouts", wish());
    expect(begun).toMatchObject({ status: 201, body: { status: "running", wave: 0, waves: 2, counts: { all: 6 } } });
    const { id } = begun.body;
    await pass();
    const first = (await touched(id)).filter(({ phase }) => phase === "pushed");
    expect(first.map(({ wave }) => wave)).toEqual([0, 0]);
    const [revision] = await fresh.config.revisions(first[0].id);
    expect(revision).toMatchObject({ message: "Every 45 s", by: { kind: "rollout", id } });
    const taken = await call("POST", "/rollouts", wish({ patch: { agent: { intervalMs: 50_000 } } }));
    expect(taken).toMatchObject({ status: 409, body: { type: expect.stringContaining("in-another-rollout") } });

    expect((await call("POST", `/rollouts/${id}/pause`)).body.status).toBe("paused");
    expect((await call("POST", `/rollouts/${id}/pause`)).status).toBe(409);
    for (const one of first) await says(one.id, "applied");
    await pass();
    expect((await call("GET", `/rollouts/${id}`)).body).toMatchObject({
      status: "paused",
      counts: { done: 2, waiting: 4 },
    });
    await call("POST", `/rollouts/${id}/resume`);
    await pass();
    const second = await touched(id, "?wave=1&phase=pushed");
    expect(second).toHaveLength(4);
    for (const one of second) await says(one.id, "applied");
    await pass();
    const done = (await call("GET", `/rollouts/${id}`)).body;
    expect(done).toMatchObject({ status: "done", counts: { done: 6 }, endedAt: expect.any(Number) });
    const told = done.log.map(({ text }: Any) => text).reverse();
    expect(told[0]).toBe("begun by admin: 6 devices in 2 waves, 2 of them in the first");
    expect(told.join("\n")).toMatch(
      /paused by .*\ngoes on by .*\nthe canary wave: 2 of 2 took it; wave 2 begins\n.*that was the last wave: 6 took it/,
    );
    expect((await call("POST", `/rollouts/${id}/abort`)).status).toBe(409);
    const page = await call("GET", `/rollouts/${id}/devices?limit=4`);
    expect(page.body.items).toHaveLength(4);
    expect(await touched(id, `?limit=4&cursor=${page.body.next}`)).toHaveLength(2);
  });

  test("stops by itself, and whoever took it gets back what they had", async () => {
    const settings = { ...wish().settings, abort: { failures: 1 }, onHalt: "return" };
    const { id } = (
      await call("POST", "/rollouts", wish({ title: "Every 50 s", patch: { agent: { intervalMs: 50_000 } }, settings }))
    ).body;
    await pass();
    const [good, bad] = (await touched(id, "?phase=pushed")).map((one) => one.id as string);
    await says(good ?? "", "applied");
    await says(bad ?? "", "reverted");
    await pass();
    expect((await call("GET", `/rollouts/${id}`)).body).toMatchObject({
      status: "aborted",
      why: "1 device failed; it stops at 1",
    });
    for (const device of [good, bad]) {
      const { body } = await call("GET", `/devices/${device}/config`);
      expect(body).toMatchObject({ document: { agent: { intervalMs: 45_000 } }, by: { kind: "rollout", id } });
    }
    const list = (await call("GET", "/rollouts")).body.items;
    expect(list.map(({ title }: Any) => title)).toEqual(["Every 50 s", "Every 45 s"]);
  });

  test("leaves alone who was configured by somebody meanwhile, and who is gone", async () => {
    const { id } = (
      await call("POST", "/rollouts", wish({ title: "Every 55 s", patch: { agent: { intervalMs: 55_000 } } }))
    ).body;
    await pass();
    const later = await touched(id, "?wave=1");
    await call("PUT", `/devices/${later[0].id}/config`, { document: { agent: { intervalMs: 20_000 } } });
    await call("DELETE", `/devices/${later[1].id}`);
    for (const one of await touched(id, "?phase=pushed")) await says(one.id, "applied");
    await pass();
    for (const one of await touched(id, "?phase=pushed")) await says(one.id, "applied");
    await pass();
    const rows = await touched(id);
    expect(rows.find((one) => one.id === later[0].id)).toMatchObject({
      phase: "skipped",
      why: "somebody else configured it meanwhile",
    });
    expect(rows.find((one) => one.id === later[1].id)).toMatchObject({ phase: "skipped", why: "was removed" });
    expect((await call("GET", `/rollouts/${id}`)).body).toMatchObject({ status: "done", why: "4 took it, 2 left out" });
    expect((await call("GET", `/devices/${later[0].id}/config`)).body.document).toEqual({
      agent: { intervalMs: 20_000 },
    });
  });
});
