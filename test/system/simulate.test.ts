import { afterAll, describe, expect, it } from "vitest";
import { type Answer, createCleanup, type DeviceShape, enrolmentToken, run, startController } from "./harness.ts";
import { until } from "./until.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

describe("simulate", () => {
  it("loads a controller with as many devices as asked, and sums up", async () => {
    const controller = await startController(cleanup);
    const token = await enrolmentToken(controller, { uses: 12 });
    const args = ["--devices", "12", "--controller", controller.url, "--token", token, "--interval", "1"];
    const simulation = run(cleanup, "lamplighter.js", ["simulate", ...args], {});
    const online = async (): Promise<Answer<{ items: DeviceShape[] }>> =>
      controller.api("GET", "/devices?limit=100&state=online");
    await until(online, ({ body }) => body.items.length === 12, 30_000);
    expect(await simulation.end("SIGINT")).toBe(0);
    expect(simulation.output()).toMatch(/12 of 12 devices connected, \d+ batches made, \d+ delivered/);
  });

  it.each([
    ["--devices", "0", /--devices: found "0"; allowed: a whole number from 1 to 5000/],
    ["--devices", "5001", /a whole number from 1 to 5000/],
    ["--token", "none", /--token: found \(a secret, not shown\)/],
    ["--controller", "ftp://x", /an http:\/\/ or https:\/\/ address/],
  ])("refuses %s %s", async (option, value, words) => {
    const token = `demo-secret-demo-secret.${"a".repeat(22)}.`;
    const given = { "--devices": "1", "--controller": "http://127.0.0.1:9", "--token": token, [option]: value };
    const program = run(cleanup, "lamplighter.js", ["simulate", ...Object.entries(given).flat()], {});
    await until(() => program.child.exitCode !== null);
    expect([program.child.exitCode, words.test(program.output())]).toEqual([78, true]);
  });
});
