import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { startInflux } from "../servers/influx.ts";
import {
  type Cleanup,
  type Controller,
  createCleanup,
  type DeviceShape,
  enrolmentToken,
  onlyDevice,
  startAgent,
  startController,
} from "./harness.ts";
import { until } from "./until.ts";

type Points = [number, number][];
const hour = 3_600_000;

async function series(
  controller: Controller,
  device: string,
  query: Record<string, string>,
): Promise<{ tags: Record<string, string>; points: Points }[]> {
  const now = Date.now();
  const words = new URLSearchParams({ from: String(now - hour), to: String(now + hour), every: "raw", ...query });
  const answer = await controller.api<{ series: { tags: Record<string, string>; points: Points }[] }>(
    "GET",
    `/devices/${device}/series?${words}`,
  );
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body.series;
}

const proc = (file: string) => readFileSync(`/proc/${file}`, "utf8");
const memory = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(proc("meminfo"))?.[1]) * 1024;

/** What is served is what /proc says: the way of one real measurement through every seam. */
async function servesWhatProcSays(controller: Controller, device: DeviceShape): Promise<void> {
  const newest = async (measurement: string, field: string) =>
    (await series(controller, device.id, { measurement, field }))[0]?.points.at(-1) as [number, number];
  await until(
    () => newest("system", "cpu_percent"),
    (point) => point !== undefined,
  );
  const uptime = await newest("system", "uptime_seconds");
  const up = Number(proc("uptime").split(" ")[0]);
  expect(Math.abs(uptime[1] + (Date.now() - uptime[0]) / 1000 - up)).toBeLessThan(2);
  expect(Math.abs(uptime[0] - Date.now())).toBeLessThan(10_000);
  expect((await newest("system", "memory_total_bytes"))[1]).toBe(memory("MemTotal"));
  const used = memory("MemTotal") - memory("MemAvailable");
  expect(Math.abs((await newest("system", "memory_used_bytes"))[1] - used) / used).toBeLessThan(0.25);
  const cpu = (await newest("system", "cpu_percent"))[1];
  expect(cpu).toBeGreaterThanOrEqual(0);
  expect(cpu).toBeLessThanOrEqual(100);

  const interfaces = await series(controller, device.id, { measurement: "interface", field: "rx_bytes" });
  const real = proc("net/dev")
    .split("\n")
    .slice(2)
    .map((line) => line.trim().split(/[:\s]+/))
    .filter((words) => words[0] && words[0] !== "lo");
  expect(interfaces.map((s) => s.tags["interface"]).sort()).toEqual(real.map((words) => words[0]).sort());
  for (const one of interfaces) {
    const now = Number(real.find((words) => words[0] === one.tags["interface"])?.[1]);
    expect(one.points.at(-1)?.[1]).toBeLessThanOrEqual(now);
    expect(one.points.at(-1)?.[1]).toBeGreaterThan(now * 0.5 - 1_000_000);
  }

  const probes = await until(
    () => series(controller, device.id, { measurement: "probe", field: "success" }),
    (s) => s.length > 0,
  );
  expect(probes.every((s) => s.points.at(-1)?.[1] === 1)).toBe(true);
}

describe("first light: a real agent, a real broker, a real store", () => {
  const cleanups: Cleanup[] = [];
  const cleanup = () => {
    const one = createCleanup();
    cleanups.push(one);
    return one;
  };
  afterEach(async () => {
    for (const one of cleanups.splice(0)) await one.run();
  });

  async function embedded() {
    return {};
  }
  async function influx(here: Cleanup) {
    const server = await startInflux();
    here.add(() => server.stop());
    return { LAMPLIGHTER_STORE: "influx", LAMPLIGHTER_INFLUX_URL: server.url };
  }
  /** Beyond loopback it is TLS with a certificate of the controller's own making, which the token pins. */
  async function tls() {
    return { LAMPLIGHTER_HTTP_HOST: "0.0.0.0", LAMPLIGHTER_PUBLIC_URL: "" };
  }

  it.each([
    ["the embedded store", embedded],
    ["InfluxDB", influx],
  ])("through %s", async (_name, settings) => {
    const here = cleanup();
    const controller = await startController(here, await settings(here));
    startAgent(here, { url: controller.url, token: await enrolmentToken(controller) });
    const device = await onlyDevice(controller);
    await servesWhatProcSays(controller, device);
    await nothingMissing(controller, device.id);
  });

  it("over WebSocket with TLS, pinned by the token", async () => {
    const here = cleanup();
    const { LAMPLIGHTER_PUBLIC_URL: _none, ...settings } = await tls();
    const controller = await startController(here, settings);
    expect(controller.url).toBe(`https://${hostname()}:${controller.ports.http}`);
    const token = await enrolmentToken(controller);
    expect(token).toMatch(/\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{22}$/);
    const url = `https://localhost:${controller.ports.http}`;
    const stranger = startAgent(here, { url, token: `${token.slice(0, -22)}${"A".repeat(22)}` });
    startAgent(here, { url, token });
    const device = await onlyDevice(controller);
    await servesWhatProcSays(controller, device);
    // The one with another pin never said a word: nothing of it was heard.
    await until(() => /somebody else answers for the controller/.test(stranger.output()));
    const waiting = await controller.api<{ items: unknown[] }>("GET", "/enrolments");
    expect(waiting.body.items).toEqual([]);
  });
});

async function nothingMissing(controller: Controller, device: string): Promise<void> {
  const told = await until(
    async () => (await controller.api<Record<string, number>>("GET", `/devices/${device}/delivery`)).body,
    (d) => (d["stored"] ?? 0) > 20,
  );
  expect(told).toMatchObject({ missing: 0, quarantined: 0, dropped: 0 });
  expect(told["made"]).toBe((told["stored"] ?? 0) + (told["onDevice"] ?? 0));
}
