import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import {
  type Controller,
  createCleanup,
  enrolmentToken,
  onlyDevice,
  run,
  startAgain,
  startAgent,
  startController,
} from "./harness.ts";
import { until } from "./until.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

interface Listed {
  version: number;
  keys: { id: string }[];
}

/** A command on the folder of a controller that is stopped. */
async function keys<T>(dataDir: string, what: string, ...args: string[]): Promise<T> {
  const program = run(cleanup, "lamplighter.js", ["keys", what, "--data-dir", dataDir, "--json", ...args], {});
  await until(() => program.child.exitCode !== null);
  if (program.child.exitCode !== 0) throw new Error(program.output());
  return JSON.parse(program.output()) as T;
}

it("a device follows from key to key, and believes what the newest signs", async () => {
  let controller: Controller = await startController(cleanup);
  const agent = startAgent(cleanup, { url: controller.url, token: await enrolmentToken(controller) });
  const { id } = await onlyDevice(controller);
  const setOnDevice = (): { version: number; keys: { id: string; use: string }[] } =>
    JSON.parse(readFileSync(join(agent.dataDir, "identity.json"), "utf8")).enrolled.keySet;
  const [first] = setOnDevice().keys.filter(({ use }) => use === "content");
  const change = async (what: string, ...args: string[]): Promise<Listed> => {
    await controller.end();
    const listed = await keys<Listed>(controller.dataDir, what, ...args);
    controller = await startAgain(cleanup, controller);
    return listed;
  };
  const applies = async (intervalMs: number): Promise<void> => {
    const wish = { document: { agent: { intervalMs } }, trialMs: 10_000 };
    expect((await controller.api("PUT", `/devices/${id}/config`, wish)).status).toBe(200);
    await until(
      async () => (await controller.api<{ status: string }>("GET", `/devices/${id}/config`)).body.status,
      (status) => status === "applied",
      30_000,
    );
  };
  await applies(2_000);
  await change("add");
  await until(setOnDevice, ({ version }) => version === 2, 40_000);
  await change("retire", "--", first?.id ?? "");
  const after = await until(setOnDevice, ({ version }) => version === 3, 40_000);
  expect(after.keys.filter(({ use }) => use === "content").map((key) => key.id)).not.toContain(first?.id);
  await applies(3_000);
  expect(agent.output().match(/enrolled as/g)).toHaveLength(1);
}, 180_000);
