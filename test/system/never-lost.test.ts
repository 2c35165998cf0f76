import { rmSync } from "node:fs";
import { afterAll, describe, it } from "vitest";
import { type InfluxServer, startInflux } from "../servers/influx.ts";
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
import { balances, deliveryOf, eventsOf, flashPoints, influxCount, readFlash, servedKeys } from "./witness.ts";

/** As many probes as an agent may have, each every second: 1,000 points in half a minute from one real agent. */
const busy = (controller: Controller) => ({
  flushMs: 200,
  // The smallest spool: a new file every 64 KiB.
  spool: { maxBytes: 1024 * 1024 },
  collectors: {
    probe: {
      intervalMs: 1_000,
      probes: Array.from({ length: 32 }, (_, i) => ({
        name: `p${i}`,
        kind: "tcp",
        host: "127.0.0.1",
        port: controller.ports.mqtt,
      })),
    },
  },
});

const influxSettings = (influx: InfluxServer) => ({
  LAMPLIGHTER_STORE: "influx",
  LAMPLIGHTER_INFLUX_URL: influx.url,
  LAMPLIGHTER_INFLUX_TIMEOUT_MS: "1000",
});

async function busyAgent(here: Cleanup, controller: Controller, more: { dataDir?: string } = {}) {
  const token = await enrolmentToken(controller);
  return startAgent(here, { url: controller.url, token, settings: busy(controller), ...more });
}

const again = (here: Cleanup, controller: Controller, { dataDir }: AgentProgram): AgentProgram =>
  startAgent(here, { url: controller.url, dataDir, settings: busy(controller) });

const ready = (controller: Controller) =>
  call<{ ready: boolean; parts: { name: string; ok: boolean; why?: string }[] }>(
    controller.url,
    "GET",
    "/readyz",
    undefined,
  );

describe.concurrent("nothing measured is lost silently", () => {
  const cleanups: Cleanup[] = [];
  const cleanup = (): Cleanup => {
    const one = createCleanup();
    cleanups.push(one);
    return one;
  };
  const influxFor = async (here: Cleanup): Promise<InfluxServer> => {
    const influx = await startInflux();
    here.add(() => influx.stop());
    return influx;
  };
  afterAll(async () => {
    for (const one of cleanups) await one.run();
  });

  it("an agent killed with 1,000 points on flash, its store away: each is stored, once", { timeout: 150_000 }, async ({
    expect,
  }) => {
    const here = cleanup();
    const influx = await influxFor(here);
    const controller = await startController(here, influxSettings(influx));
    const first = await busyAgent(here, controller);
    const device = await onlyDevice(controller);
    await until(
      () => deliveryOf(controller, device.id),
      (d) => d.stored > 30,
    );
    influx.pause();
    await until(() => flashPoints(first.dataDir) >= 1_000, Boolean, 90_000);
    await first.end("SIGKILL");
    const kept = readFlash(first.dataDir).flatMap((segment) => segment.batches);
    const boot = kept[0]?.boot ?? "";
    const points = kept.reduce((sum, batch) => sum + batch.points, 0);
    expect(points).toBeGreaterThanOrEqual(1_000);

    const second = again(here, controller, first);
    await until(async () => (await onlyDevice(controller)).boot !== boot);
    expect((await onlyDevice(controller)).id).toBe(device.id);
    influx.resume();
    await until(
      () => deliveryOf(controller, device.id),
      (d) => d.boots.find((b) => b.boot === boot)?.onDevice === 0 && d.boots.length === 2,
      60_000,
    );
    expect(await second.end()).toBe(0);
    await onlyDevice(controller, "offline");

    const told = await deliveryOf(controller, device.id);
    expect(balances(told)).toBe(true);
    const old = told.boots.find((b) => b.boot === boot);
    const lastOnFlash = Math.max(...kept.map((batch) => batch.seq));
    expect(old?.tailLost).toEqual({ afterSeq: lastOnFlash, atMostMs: 200 });
    // Only what was made after the last flush may be missing, and it is named.
    expect(old?.gaps.filter((gap) => gap.from <= lastOnFlash)).toEqual([]);
    expect(told.boots.filter((b) => b.boot !== boot).reduce((sum, b) => sum + b.missing, 0)).toBe(0);
    expect(told).toMatchObject({ quarantined: 0, dropped: 0 });

    const served = await servedKeys(controller, device.id);
    const unique = new Set(served);
    expect(unique.size).toBe(served.length);
    const measured = kept.flatMap((batch) => batch.keys);
    expect(measured.filter((key) => !unique.has(key)).length).toBe(0);
    const events = (await eventsOf(controller, device.id)).length;
    expect(served.length + events).toBe(told.stored);
    expect(await influxCount(influx.url, device.id)).toBe(served.length);
  });

  it("a controller killed in the middle of traffic, three times: nothing is missing, nobody enrols again", {
    timeout: 120_000,
  }, async ({ expect }) => {
    const here = cleanup();
    let controller = await startController(here);
    const token = await enrolmentToken(controller, { uses: 3 });
    const agents = [0, 1, 2].map(() => startAgent(here, { url: controller.url, token, settings: busy(controller) }));
    const list = async () =>
      (await controller.api<{ items: { id: string; state: string }[] }>("GET", "/devices")).body.items;
    const ids = (
      await until(list, (items) => items.length === 3 && items.every((device) => device.state === "online"))
    ).map((device) => device.id);
    for (let life = 1; life <= 4; life++) {
      for (const id of ids) {
        const before = (await deliveryOf(controller, id)).stored;
        await until(
          () => deliveryOf(controller, id),
          (d) => d.stored > before + 60 && (life < 4 || d.onDevice < 100),
          40_000,
        );
      }
      if (life === 4) break;
      await controller.end("SIGKILL");
      controller = await startAgain(here, controller);
    }
    for (const agent of agents) expect(await agent.end()).toBe(0);
    await until(list, (items) => items.every((device) => device.state === "offline"));
    expect((await list()).map((device) => device.id).sort()).toEqual([...ids].sort());
    for (const agent of agents) expect(agent.output().match(/enrolled as/g)).toHaveLength(1);
    for (const id of ids) {
      const told = await deliveryOf(controller, id);
      expect(balances(told)).toBe(true);
      expect(told).toMatchObject({ missing: 0, quarantined: 0, dropped: 0 });
      const served = await servedKeys(controller, id);
      expect(new Set(served).size).toBe(served.length);
      expect(served.length + (await eventsOf(controller, id)).length).toBe(told.stored);
    }
  });

  it("a file of the spool that vanished is missing, named to the sequence and the point", {
    timeout: 150_000,
  }, async ({ expect }) => {
    const here = cleanup();
    const influx = await influxFor(here);
    let controller = await startController(here, influxSettings(influx));
    await influx.kill();
    const first = await busyAgent(here, controller);
    const device = await onlyDevice(controller);
    await until(() => readFlash(first.dataDir).length >= 2, Boolean, 90_000);
    await first.end("SIGKILL");
    // What the controller still has in memory would be stored after all: it forgets it.
    await controller.end("SIGKILL");
    const [lost, ...rest] = readFlash(first.dataDir);
    if (!lost) throw new Error("there is no file");
    rmSync(lost.file);
    await influx.restart();
    controller = await startAgain(here, controller, influxSettings(influx));
    const second = again(here, controller, first);
    const boot = lost.batches[0]?.boot ?? "";
    const [from, to] = [lost.batches[0]?.seq, lost.batches.at(-1)?.seq];
    const points = lost.batches.reduce((sum, batch) => sum + batch.points, 0);
    const told = await until(
      () => deliveryOf(controller, device.id),
      (d) => d.boots.some((b) => b.boot === boot && b.stored > 0 && b.onDevice === 0),
      60_000,
    );
    const old = told.boots.find((b) => b.boot === boot);
    const lastOnFlash = Math.max(...rest.flatMap((segment) => segment.batches.map((batch) => batch.seq)));
    expect(balances(told)).toBe(true);
    expect(old?.gaps.filter((gap) => gap.from <= lastOnFlash)).toMatchObject([{ from, to, points, why: "unknown" }]);
    expect(await second.end()).toBe(0);
    const served = new Set(await servedKeys(controller, device.id));
    expect(lost.batches.flatMap((batch) => batch.keys).filter((key) => served.has(key)).length).toBe(0);
    const left = rest.flatMap((segment) => segment.batches).flatMap((batch) => batch.keys);
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter((key) => !served.has(key)).length).toBe(0);
  });

  it("a store that is away at the start: not ready and says why, devices keep, and all is stored when it comes", {
    timeout: 90_000,
  }, async ({ expect }) => {
    const here = cleanup();
    const influx = await influxFor(here);
    await influx.kill();
    const controller = await startController(here, influxSettings(influx));
    const away = await ready(controller);
    expect(away.status).toBe(503);
    expect(away.body.parts.find((part) => part.name === "store")).toMatchObject({
      ok: false,
      why: expect.stringContaining(new URL(influx.url).host),
    });
    const agent = await busyAgent(here, controller);
    const device = await onlyDevice(controller);
    await until(() => flashPoints(agent.dataDir) > 100);
    const kept = readFlash(agent.dataDir).flatMap((segment) => segment.batches);
    expect((await deliveryOf(controller, device.id)).stored).toBe(0);
    await influx.restart();
    await until(
      () => ready(controller),
      (answer) => answer.status === 200,
    );
    const keys = kept.flatMap((batch) => batch.keys);
    await until(
      () => deliveryOf(controller, device.id),
      (d) => d.stored >= keys.length + 50,
      60_000,
    );
    // A group that the store failed on tries again after a pause, and what came behind it is not held up by that.
    await until(
      () => servedKeys(controller, device.id),
      (served) => keys.every((key) => served.includes(key)),
    );
    expect(await agent.end()).toBe(0);
    await onlyDevice(controller, "offline");
    const told = await deliveryOf(controller, device.id);
    expect(balances(told)).toBe(true);
    expect(told).toMatchObject({ missing: 0, quarantined: 0, dropped: 0 });
    const served = await servedKeys(controller, device.id);
    const unique = new Set(served);
    expect(keys.filter((key) => !unique.has(key)).length).toBe(0);
    expect(served.length).toBe(told.stored);
  });
});
