import { generateKeyPairSync } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  type AgentProgram,
  type Cleanup,
  type Controller,
  call,
  createCleanup,
  enrolmentToken,
  onlyDevice,
  startAgain,
  startAgent,
  startController,
} from "./harness.ts";
import { until } from "./until.ts";

interface Standing {
  revision: number;
  status: string;
  cause: string | null;
  why: string | null;
  attempt: number;
  nextAt: number | null;
  refusal: { message: string } | null;
  onDevice: { revision: number } | null;
}
interface Estate {
  controller: Controller;
  agent: AgentProgram;
  id: string;
}
type Series = { series: { tags: Record<string, string>; points: [number, number][] }[] };

let cleanup: Cleanup = createCleanup();
afterEach(async () => {
  const ending = cleanup;
  cleanup = createCleanup();
  await ending.run();
});

async function estate(): Promise<Estate> {
  const controller = await startController(cleanup);
  const agent = startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller) });
  return { controller, agent, id: (await onlyDevice(controller)).id };
}
async function put({ controller, id }: Estate, document: object, trialMs = 10_000): Promise<Standing> {
  const answer = await controller.api<Standing>("PUT", `/devices/${id}/config`, { document, trialMs, message: "test" });
  expect(answer.status).toBe(200);
  return answer.body;
}
const standing = (
  { controller, id }: Estate,
  met: (standing: Standing) => boolean,
  withinMs = 40_000,
): Promise<Standing> =>
  until(async () => (await controller.api<Standing>("GET", `/devices/${id}/config`)).body, met, withinMs);

/** What the device itself has on flash. */
const onFlash = ({ agent }: Estate): { trial: object | null; applied: { revision: number } } =>
  JSON.parse(readFileSync(join(agent.dataDir, "apply.json"), "utf8"));

async function nothingMissing({ controller, id }: Estate): Promise<void> {
  type Delivery = { missing: number; onDevice: number; made: number; stored: number };
  const delivery = await until(
    async () => (await controller.api<Delivery>("GET", `/devices/${id}/delivery`)).body,
    (d) => d.onDevice === 0 && d.made > 10,
    30_000,
  );
  expect(delivery.missing).toBe(0);
}
const nowhere = { agent: { controller: "ws://127.0.0.1:1/mqtt" } };

describe("configuration of a real device", () => {
  it("is tried, confirmed, and changes what is measured", async () => {
    const all = await estate();
    const { controller, id } = all;
    const probes = [{ name: "our-door", kind: "tcp", host: "127.0.0.1", port: controller.ports.http }];
    const collectors = { probe: { intervalMs: 1_000, probes }, interface: { enabled: false } };
    const { revision } = await put(all, { agent: { intervalMs: 2_000, collectors } });
    const done = await standing(all, (s) => s.status === "applied");
    expect(done).toMatchObject({ revision, attempt: 1, onDevice: { revision } });
    expect(onFlash(all)).toMatchObject({ trial: null, applied: { revision } });
    const series = await until(
      async () =>
        (await controller.api<Series>("GET", `/devices/${id}/series?measurement=probe&field=success`)).body.series,
      (found) => found?.some((one) => one.tags["probe"] === "our-door" && one.points.length > 0),
    );
    expect(series.find((one) => one.tags["probe"] === "our-door")?.points.every(([, value]) => value === 1)).toBe(true);
    const device = await controller.api<{ intervalMs: number; config: object }>("GET", `/devices/${id}`);
    expect(device.body).toMatchObject({ intervalMs: 2_000, config: { desired: revision, reported: revision } });
    const metrics = await call<string>(controller.url, "GET", "/metrics", undefined, { cookie: controller.cookie });
    expect(metrics.body).toContain('lamplighter_config_devices{status="applied"} 1');
    await nothingMissing(all);
  });

  it("that leads nowhere is taken back by the device, and nothing is lost", async () => {
    const all = await estate();
    await put(all, nowhere);
    const back = await standing(all, (s) => s.status === "reverted");
    expect(back).toMatchObject({ cause: "unconfirmed", attempt: 1, onDevice: null });
    expect(back.why).toBe("it could not reach ws://127.0.0.1:1/mqtt within 10 s: connect ECONNREFUSED 127.0.0.1:1");
    expect(back.nextAt).toBeGreaterThan(Date.now());
    await onlyDevice(all.controller);
    await nothingMissing(all);
  });

  it("that the power is cut under is taken back, because of the power", async () => {
    const all = await estate();
    await put(all, nowhere, 60_000);
    await until(
      () => onFlash(all).trial,
      (trial) => trial !== null,
    );
    await all.agent.end("SIGKILL");
    startAgent(cleanup, { url: all.controller.url, dataDir: all.agent.dataDir });
    expect(await standing(all, (s) => s.status === "reverted")).toMatchObject({ cause: "power", attempt: 1 });
    expect(onFlash(all)).toMatchObject({ trial: null, applied: { revision: 0 } });
    await onlyDevice(all.controller);
  });

  it("signed by another key is refused and shown, and the device goes on", async () => {
    const all = await estate();
    await put(all, { agent: { intervalMs: 2_000 } });
    const before = await standing(all, (s) => s.status === "applied");
    await all.controller.end();
    const stolen = join(all.controller.dataDir, "keys", "content.pem");
    rmSync(stolen);
    const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
    writeFileSync(stolen, pem, { mode: 0o600 });
    const thief = { ...all, controller: await startAgain(cleanup, all.controller) };
    await onlyDevice(thief.controller);
    await put(thief, { agent: { intervalMs: 3_600_000 } });
    const refused = await standing(thief, (s) => s.refusal !== null);
    expect(refused.refusal?.message).toMatch(/^signed by key [\w-]{16}, which is not in this device's key set$/);
    expect(refused).toMatchObject({ onDevice: { revision: before.revision }, cause: null });
    expect(onFlash(all)).toMatchObject({ trial: null, applied: { revision: before.revision } });
    expect((await onlyDevice(thief.controller)).state).toBe("online");
  });

  it("is confirmed or taken back when the controller dies in the middle: nobody is stranded", async () => {
    const all = await estate();
    await put(all, { agent: { intervalMs: 2_000 } }, 20_000);
    await until(
      () => onFlash(all).trial ?? onFlash(all).applied.revision,
      (begun) => begun !== 0,
    );
    await all.controller.end("SIGKILL");
    const again = { ...all, controller: await startAgain(cleanup, all.controller) };
    await onlyDevice(again.controller);
    const end = await standing(again, (s) => s.status === "applied" || s.status === "reverted", 60_000);
    expect(onFlash(all).trial).toBeNull();
    expect(onFlash(all).applied.revision).toBe(end.status === "applied" ? end.revision : 0);
    await nothingMissing(again);
  });
});
