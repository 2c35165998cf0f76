import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RolloutView } from "../../controller/rollout/index.ts";
import { crowd } from "../../controller/street/index.ts";
import {
  type Cleanup,
  type Controller,
  createCleanup,
  enrolmentToken,
  startAgain,
  startController,
  temporary,
} from "./harness.ts";
import { startRoadside } from "./roadside.ts";
import { until } from "./until.ts";

const many = 200;
const enrolledAtOnce = 20;
const trialMs = 10_000;
const env = { LAMPLIGHTER_LOG_LEVEL: "warn" };
const cleanup: Cleanup = createCleanup();
let controller: Controller;

type Whole = RolloutView & { log: { device: string | null; text: string }[] };
interface Standing {
  id: string;
  config: { desired: number | null; reported: number | null; status: string };
}

beforeAll(async () => {
  controller = await startController(cleanup, env);
  const token = await enrolmentToken(controller, { uses: many });
  const folder = temporary(cleanup, "rollout");
  const { url } = controller;
  const devices = crowd("access-point", many, "rollout");
  for (let i = 0; i < many; i += enrolledAtOnce) {
    const some = devices.slice(i, i + enrolledAtOnce);
    await Promise.all(some.map((device) => startRoadside(cleanup, { url, token, device, folder, intervalMs: 60_000 })));
  }
  await until(states, (all) => all.filter((state) => state === "online").length === many, 90_000);
}, 240_000);
afterAll(() => cleanup.run(), 60_000);

const listed = async <T>(): Promise<T[]> =>
  (await controller.api<{ items: T[] }>("GET", "/devices?kind=access-point&limit=1000")).body.items;
const states = async () => (await listed<{ state: string }>()).map(({ state }) => state);
const configs = async () => (await listed<Standing>()).map(({ config }) => config);

async function start(title: string, patch: object, settings: object): Promise<Whole> {
  const wish = {
    title,
    select: { all: true },
    patch,
    trialMs,
    settings: { compare: false, apart: "none", ...settings },
  };
  const { status, body } = await controller.api<Whole>("POST", "/rollouts", wish);
  expect(status).toBe(201);
  return body;
}
const of = (id: string) => async () => (await controller.api<Whole>("GET", `/rollouts/${id}`)).body;

/** As a power cut would end it. */
async function again(): Promise<void> {
  await controller.end("SIGKILL");
  controller = await startAgain(cleanup, controller, env);
}

describe("200 devices", () => {
  it("a configuration that cuts them off stops in the canary wave, and nobody needs a visit", async () => {
    const nowhere = { agent: { controller: "ws://127.0.0.1:1/mqtt" } };
    const settings = { waves: [{ devices: 4 }, { percent: 100 }], abort: { failures: 2 }, gate: { soakMs: 1_000 } };
    const { id } = await start("Another address", nowhere, settings);
    const halted = await until(of(id), ({ status, counts }) => status === "halted" && counts.failed === 4, 60_000);
    expect(halted.counts).toMatchObject({ all: many, failed: 4, done: 0, waiting: many - 4 });
    expect(halted.why).toMatch(/^[234] devices failed; it stops at 2$/);
    const reverted = halted.log.filter(({ text }) =>
      text.includes("it could not reach ws://127.0.0.1:1/mqtt within 10 s"),
    );
    expect(reverted).toHaveLength(4);
    // They are all back by themselves, and what they had is what is wanted of them again.
    const calm = await until(
      configs,
      (all) => all.every(({ status }) => status === "applied" || status === "none"),
      60_000,
    );
    expect(calm.filter(({ status }) => status === "applied")).toHaveLength(4);
    await until(states, (all) => all.every((state) => state === "online"), 60_000);
    await again();
    expect(await of(id)()).toMatchObject({ status: "halted", counts: { failed: 4 } });
    await controller.api("POST", `/rollouts/${id}/abort`);
    await until(of(id), ({ status }) => status === "aborted", 30_000);
  }, 240_000);

  it("a good one reaches all of them, though the controller is killed in every wave", async () => {
    const patch = { agent: { intervalMs: 45_000 } };
    const settings = {
      waves: [{ devices: 2 }, { percent: 20 }, { percent: 100 }],
      atOnce: 60,
      gate: { soakMs: 2_000 },
    };
    const { id } = await start("Every 45 s", patch, settings);
    for (const wave of [0, 1, 2]) {
      await until(of(id), (now) => now.wave >= wave && now.counts.underWay > 0, 90_000);
      await again();
    }
    const done = await until(of(id), ({ status }) => status === "done", 240_000);
    expect(done.counts).toMatchObject({ all: many, done: many, failed: 0, waiting: 0 });
    const all = await configs();
    expect(all.every(({ status, desired, reported }) => status === "applied" && desired === reported)).toBe(true);
    // One revision each, however often it was begun anew; four had been given back what they had before.
    const wanted = await Promise.all(
      (await listed<{ id: string }>()).map(async (device) => {
        const { body } = await controller.api<{ items: { message: string }[] }>(
          "GET",
          `/devices/${device.id}/config/revisions`,
        );
        return body.items.filter(({ message }) => message === "Every 45 s").length;
      }),
    );
    expect(wanted.every((times) => times === 1)).toBe(true);
  }, 480_000);

  it("stopped by a person, those that took it go back to what they had", async () => {
    const settings = { waves: [{ devices: 20 }, { percent: 100 }], gate: { soakMs: 600_000 } };
    const { id } = await start("Every 30 s", { agent: { intervalMs: 30_000 } }, settings);
    await until(of(id), ({ counts }) => counts.done === 20, 90_000);
    expect((await controller.api("POST", `/rollouts/${id}/pause`)).status).toBe(200);
    await again();
    expect((await of(id)()).status).toBe("paused");
    expect((await controller.api("POST", `/rollouts/${id}/abort`)).status).toBe(200);
    await again();
    await until(of(id), ({ status }) => status === "aborted", 60_000);
    await until(configs, (all) => all.every(({ status }) => status === "applied"), 90_000);
    const devices = await listed<{ id: string }>();
    const documents = await Promise.all(
      devices.map(async (device) => {
        const { body } = await controller.api<{ document: { agent: { intervalMs: number } } }>(
          "GET",
          `/devices/${device.id}/config`,
        );
        return body.document.agent.intervalMs;
      }),
    );
    expect(new Set(documents)).toEqual(new Set([45_000]));
  }, 240_000);
});
