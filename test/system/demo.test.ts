import { afterAll, expect, it } from "vitest";
import { createCleanup, run, temporary } from "./harness.ts";
import { until } from "./until.ts";

const cleanup = createCleanup();
afterAll(() => cleanup.run());

async function demo(...words: string[]): Promise<{ code: number | null; output: string }> {
  const program = run(cleanup, "lamplighter.js", ["demo", ...words], {});
  await until(() => program.child.exitCode !== null);
  return { code: program.child.exitCode, output: program.output() };
}

it("says what can be broken, also while no demo runs", async () => {
  const { code, output } = await demo("--break", "list");
  expect([code, output.trim().split("\n").length]).toEqual([0, 10]);
  expect(output).toMatch(/^cut-uplink +Cut a site's uplink +\[--site <name>\]$/m);
});

it("says where it looked for a demo that does not run", async () => {
  const dataDir = temporary(cleanup, "no-street");
  const { code, output } = await demo("--data-dir", dataDir, "--break", "cut-uplink");
  expect([code, output]).toEqual([1, expect.stringContaining(`no demo runs on "${dataDir}"`)]);
});

it.each([
  ["--port", "70000", /--port: found "70000"; allowed: 0 to 65535/],
  ["--seed", "a", /--seed: found "a"; allowed: 0 to/],
])("refuses %s %s", async (option, value, words) => {
  const { code, output } = await demo("--data-dir", temporary(cleanup, "no-street"), option, value);
  expect([code, words.test(output)]).toEqual([78, true]);
});
