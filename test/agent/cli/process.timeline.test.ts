import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { later, newFolder, newStandin } from "../setup.ts";

const entry = fileURLToPath(new URL("../../../edge-agent/cli/main.ts", import.meta.url));
let [folder, file] = ["", ""];

/** The entry as a process, without the bundle's savings: those are measured where it is built. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lamplighter-agent-"));
  file = join(folder, "agent.mjs");
  const build = await rolldown({
    input: entry,
    platform: "node",
    transform: { define: { LAMPLIGHTER_VERSION: '"0.0.0-test"' } },
    resolve: { alias: { socks: fileURLToPath(new URL("../../../edge-agent/link/stubs/nothing.ts", import.meta.url)) } },
  });
  await build.write({ file, format: "esm", codeSplitting: false });
  await build.close();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function run(args: string[]): { child: ChildProcess; ended: Promise<[code: number | null]>; said: () => string } {
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "ignore", "pipe"], env: {} });
  let said = "";
  child.stderr?.on("data", (part) => {
    said += part;
  });
  later(async () => child.kill("SIGKILL"));
  return { child, ended: once(child, "close") as Promise<[number | null]>, said: () => said };
}

describe("the agent as a process", () => {
  it("stops cleanly on SIGTERM, however often it is told, and repeats no secret", async () => {
    const standin = await newStandin();
    const { child, ended, said } = run([
      "--controller",
      standin.url,
      "--token",
      standin.token,
      "--data-dir",
      await newFolder(),
    ]);
    await standin.until("a batch", () => standin.telemetry().length === 1);
    child.kill("SIGTERM");
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    expect(standin.of("presence").at(-1)?.message).toMatchObject({ online: false, reason: "stopped" });
    expect(said()).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z info {2}agent 0\.0\.0-test starts/);
    expect(said()).not.toContain(standin.token.split(".")[0]);
    expect(said()).not.toContain(standin.state.password);
  });

  it("ends with 78 and one line when its identity is spoilt or its folder is none", async () => {
    const folder = await newFolder();
    await writeFile(join(folder, "identity.json"), "{");
    const spoilt = run(["--controller", "http://127.0.0.1:1", "--data-dir", folder]);
    expect(await spoilt.ended).toEqual([78, null]);
    expect(spoilt.said().split("\n").at(-2)).toMatch(/identity\.json: not JSON; restore it/);
    const none = run(["--controller", "http://127.0.0.1:1", "--data-dir", join(folder, "identity.json", "x")]);
    expect(await none.ended).toEqual([78, null]);
    expect(none.said()).toContain("ENOTDIR");
  });

  it("ends with 78 when another agent has its folder, and takes it when that one was killed", async () => {
    const standin = await newStandin();
    const args = ["--controller", standin.url, "--token", standin.token, "--data-dir", await newFolder()];
    const first = run(args);
    await standin.until("a batch", () => standin.telemetry().length === 1);
    const second = run(args);
    expect(await second.ended).toEqual([78, null]);
    expect(second.said().split("\n").at(-2)).toContain(`process id ${first.child.pid} uses it; stop that one first`);
    first.child.kill("SIGKILL");
    await first.ended;
    run(args);
    await standin.until("a birth of the third", () => standin.births().length === 2);
    expect(new Set(standin.births().map((b) => b.boot)).size).toBe(2);
  });

  it("ends with 64 and one line when it is called wrongly", async () => {
    const { ended, said } = run(["--colour"]);
    expect(await ended).toEqual([64, null]);
    expect(said().split("\n")).toHaveLength(2);
  });
});
