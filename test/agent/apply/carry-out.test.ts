import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentDefaults, type ConfigReported } from "#wire";
import { mostWaiting, openApply } from "../../../edge-agent/apply/index.ts";
import { newFolder, newLog } from "../setup.ts";
import { fakeTime } from "../time.ts";
import { noFiles } from "./estate.ts";

type Said = Omit<ConfigReported, "v" | "at" | "session">;

/** `apply` between a folder and a link that only remembers. */
async function opened(dataDir: string) {
  const [time, log] = [fakeTime(), newLog()];
  const apply = await openApply({ time, log, ...noFiles(dataDir), dataDir, own: agentDefaults });
  const did: string[] = [];
  const said: Said[] = [];
  apply.join({
    use: ({ intervalMs }) => did.push(`use ${intervalMs}`),
    redial: () => did.push("redial"),
    report: (report) => said.push(report),
    drifted: () => {},
  });
  return { apply, time, log, did, said };
}
const want = (revision: number, intervalMs: number) =>
  [{ revision, trialMs: 60_000, document: { agent: { intervalMs } } }, `text of ${revision}`] as const;

describe("carrying out a trial", () => {
  it("is in this order: flash, use, redial; and goes back by the timer alone", async () => {
    const dataDir = await newFolder();
    const { apply, time, did, said } = await opened(dataDir);
    apply.opened(1);
    apply.desired(...want(5, 3_000));
    while (did.length < 2) await time.advance(0);
    expect(did).toEqual(["use 3000", "redial"]);
    expect(JSON.parse(await readFile(join(dataDir, "apply.json"), "utf8")).trial).toMatchObject({ revision: 5 });
    expect(apply.settings().intervalMs).toBe(3_000);
    await time.advance(59_999);
    expect(did).toHaveLength(2);
    await time.advance(1);
    while (did.length < 4) await time.advance(0);
    expect(did.slice(2)).toEqual(["use 10000", "redial"]);
    apply.opened(2);
    await apply.stop();
    expect(said.at(-1)).toMatchObject({ state: "reverted", cause: "unconfirmed" });
    expect(JSON.parse(await readFile(join(dataDir, "apply.json"), "utf8")).trial).toBeNull();
  });

  it("is not begun, and says so, when flash takes nothing", async () => {
    const dataDir = await newFolder();
    const { apply, did, said, log } = await opened(dataDir);
    // A folder in the place of the file that is written first: a full or broken flash.
    await mkdir(join(dataDir, "apply.json.new"));
    apply.opened(1);
    apply.desired(...want(5, 3_000));
    await apply.stop();
    expect(did).toEqual([]);
    expect(said.at(-1)).toMatchObject({ state: "rejected", cause: "check-failed" });
    expect(log.lines.join("\n")).toMatch(/could not be written/);
    expect(apply.settings().intervalMs).toBe(10_000);
  });

  it("that ends while another waits goes back, also when flash takes neither", async () => {
    const dataDir = await newFolder();
    const { apply, time, did, said } = await opened(dataDir);
    apply.opened(1);
    apply.desired(...want(5, 3_000));
    while (did.length < 2) await time.advance(0);
    apply.desired(...want(6, 4_000));
    await mkdir(join(dataDir, "apply.json.new"));
    await time.advance(60_000);
    while (did.length < 4) await time.advance(0);
    expect(did.slice(2)).toEqual(["use 10000", "redial"]);
    expect(apply.settings().intervalMs).toBe(10_000);
    expect(apply.isTrying()).toBe(false);
    await apply.stop();
    expect(said.at(-1)).toMatchObject({ revision: 6, state: "rejected", cause: "check-failed" });
  });

  it("is not called applied when the confirmation can't be kept", async () => {
    const dataDir = await newFolder();
    const { apply, time, did, said } = await opened(dataDir);
    apply.opened(1);
    apply.desired(...want(5, 3_000));
    while (did.length < 2) await time.advance(0);
    apply.opened(2);
    await mkdir(join(dataDir, "apply.json.new"));
    apply.confirm({ revision: 5, attempt: 1, session: 2 });
    await time.advance(0);
    while (said.length < 1) await time.advance(0);
    expect(said.map((one) => one.state)).not.toContain("applied");
    await rm(join(dataDir, "apply.json.new"), { recursive: true });
    apply.confirm({ revision: 5, attempt: 1, session: 2 });
    await apply.stop();
    expect(said.at(-1)?.state).toBe("applied");
  });

  it("has room for so many pushes at once, and forgets more", async () => {
    const { apply, log } = await opened(await newFolder());
    for (let i = 1; i <= mostWaiting + 1; i++) apply.desired(...want(i, 3_000));
    expect(log.lines.join("\n")).toMatch(/too much at once/);
    await apply.stop();
  });

  it("that is refused is told once, and replays make neither talk nor lines", async () => {
    const { apply, said, log, did, time } = await opened(await newFolder());
    apply.opened(1);
    apply.desired(...want(5, 3_000));
    while (did.length < 2) await time.advance(0);
    apply.opened(2);
    apply.confirm({ revision: 5, attempt: 1, session: 2 });
    for (let i = 0; i < 20; i++) apply.desired(...want(4, 4_000));
    for (let i = 0; i < 5; i++) apply.desired(...want(5, 3_000));
    await apply.stop();
    expect(said.filter((one) => one.state === "rejected")).toHaveLength(1);
    // The controller is answered each time: it may have missed the one before.
    expect(said.filter((one) => one.state === "applied")).toHaveLength(6);
    // Once before the refusal, and once after it.
    expect(log.lines.filter((line) => line.includes("applied"))).toHaveLength(2);
    expect(log.lines.filter((line) => line.includes("rejected"))).toHaveLength(1);
  });

  it("starts with its own settings where the file can't be understood", async () => {
    const dataDir = await newFolder();
    await writeFile(join(dataDir, "apply.json"), "{");
    await chmod(join(dataDir, "apply.json"), 0o600);
    const { apply, log } = await opened(dataDir);
    expect(apply.summary()).toEqual({ revision: 0, hash: "", state: "applied" });
    expect(log.lines.join("\n")).toMatch(/begins anew/);
  });
});
