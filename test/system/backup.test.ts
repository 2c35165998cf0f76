import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, it } from "vitest";
import {
  createCleanup,
  enrolmentToken,
  onlyDevice,
  run,
  startAgain,
  startAgent,
  startController,
  temporary,
} from "./harness.ts";
import { until } from "./until.ts";
import { balances, deliveryOf, servedKeys } from "./witness.ts";

describe("backup and restore", () => {
  const here = createCleanup();
  afterAll(here.run);

  /** The command, as a person would give it. @returns what it printed as JSON */
  async function command<T>(...args: string[]): Promise<T> {
    const program = run(here, "lamplighter.js", [...args, "--json"], {});
    await until(() => program.child.exitCode !== null);
    if (program.child.exitCode !== 0) throw new Error(program.output());
    return JSON.parse(program.output()) as T;
  }

  it("of a controller at work; what was delivered after it is named, and the device stays the same", {
    timeout: 240_000,
  }, async ({ expect }) => {
    const controller = await startController(here);
    const agent = startAgent(here, { url: controller.url, token: await enrolmentToken(controller) });
    const { id } = await onlyDevice(controller);
    const stored = (n: number) =>
      until(
        () => deliveryOf(controller, id),
        (d) => d.stored >= n,
      );
    await stored(10);
    const folder = temporary(here, "backup");
    const words = join(folder, "passphrase");
    writeFileSync(words, "twelve lamps in a row\n");
    const made = await command<{ folder: string; keys: string[]; files: { name: string }[] }>(
      "backup",
      folder,
      "--data-dir",
      controller.dataDir,
      "--passphrase-file",
      words,
    );
    expect(made.files.map(({ name }) => name)).toEqual(["records.db", "series.db"]);
    expect(made.keys).toContain("content.pem");
    const later = await stored((await deliveryOf(controller, id)).stored + 20);
    await controller.end("SIGKILL");

    const dataDir = join(folder, "restored");
    mkdirSync(dataDir);
    await command("restore", made.folder, "--data-dir", dataDir, "--passphrase-file", words);
    const again = await startAgain(here, { ...controller, dataDir });
    expect((await onlyDevice(again)).id).toBe(id);
    const told = await until(
      () => deliveryOf(again, id),
      (d) => d.made > later.made && d.stored > 10 && d.onDevice === 0,
      // As long as its agent may wait between two tries.
      90_000,
    );
    expect(agent.output().match(/enrolled as/g)).toHaveLength(1);
    expect(balances(told)).toBe(true);
    // It had been delivered, and only the backup does not know it.
    expect(told.missing).toBeGreaterThanOrEqual(15);
    for (const { gaps } of told.boots) for (const { why } of gaps) expect(why).toBe("restored");
    // Never more claimed than there is: series were read after the records.
    const served = await servedKeys(again, id);
    expect(served.length).toBeGreaterThanOrEqual(told.stored);
  });
});
