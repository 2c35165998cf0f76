import { readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import type { ConfigReported, Telemetry } from "#wire";
import { type AgentNeeds, createLinuxHost, type Host, readSettings } from "../../../edge-agent/index.ts";
import { hashText } from "../../../edge-agent/trust/index.ts";
import { later, newAgent, newFolder, newStandin } from "../setup.ts";
import { newKey, type Standin, signedBy } from "../standin.ts";

/** Time that passes 20 times as fast: the shortest trial of 10 s takes half a second. */
const speed = 20;
function hastyHost(): Host {
  const { time, ...host } = createLinuxHost();
  const start = Date.now();
  return {
    ...host,
    random: () => 0,
    time: {
      now: () => start + (Date.now() - start),
      monotonic: () => time.monotonic() * speed,
      after: (ms, run) => time.after(ms / speed, run),
    },
  };
}

const document = { agent: { intervalMs: 2_000, collectors: { interface: { enabled: false } } } };

function bodyOf(revision: number, more: object = {}) {
  const head = { purpose: "config", device: "demo-device", issuedAt: Date.now() };
  return { ...head, revision, trialMs: 10_000, document, ...more };
}
const reports = (standin: Standin): ConfigReported[] => standin.of("config/reported").map((r) => r.message);
const last = (standin: Standin): ConfigReported | undefined => reports(standin).at(-1);

function want(standin: Standin, revision: number, more: object = {}, key = standin.content): string {
  const text = signedBy(key, bodyOf(revision, more));
  standin.send("config/desired", text);
  return hashText(JSON.parse(text).body);
}
function confirm(to: Standin, { revision, attempt, session }: ConfigReported, key = to.online): void {
  const head = { purpose: "confirm", device: "demo-device", issuedAt: Date.now() };
  to.send("config/confirm", signedBy(key, { ...head, revision, attempt, session }));
}

async function connected(more: Partial<AgentNeeds> = {}) {
  const standin = await newStandin({ web: true });
  const settings = readSettings({ intervalMs: 1_000, flushMs: 100, collectors: { probe: { enabled: false } } });
  const agent = await newAgent(standin, { host: hastyHost(), settings, ...more });
  await agent.start();
  await standin.until("a batch", () => standin.telemetry().length > 0);
  return { standin, agent };
}

/** Every sequence of a boot from its first on, once. */
function isWhole(batches: Telemetry[]): boolean {
  const seqs = [...new Set(batches.map((t) => t.seq))].sort((a, b) => a - b);
  return seqs.every((seq, i) => seq === (seqs[0] ?? 0) + i);
}

describe("a configuration", () => {
  it("is tried over a new connection, confirmed, and in force also after a restart", async () => {
    const { standin, agent } = await connected();
    expect(standin.births()[0]?.config).toEqual({ revision: 0, hash: "", state: "applied" });
    const hash = want(standin, 5);
    await standin.until("a trial", () => last(standin)?.state === "trying");
    expect(standin.births()).toHaveLength(2);
    expect(standin.births()[1]).toMatchObject({ intervalMs: 2_000, config: { revision: 5, hash, state: "trying" } });
    expect(last(standin)).toMatchObject({ revision: 5, hash, attempt: 1, session: 2, problems: [] });
    // Signed off, not cut: nobody hears of a loss.
    expect(standin.of("presence").filter((p) => !p.message.online)).toEqual([]);
    confirm(standin, last(standin) as ConfigReported);
    await standin.until("applied", () => last(standin)?.state === "applied");
    const before = standin.telemetry().length;
    await standin.until("a batch by it", () => standin.telemetry().length > before);
    const points = standin
      .telemetry()
      .slice(before)
      .flatMap((t) => t.points);
    expect(points.map((p) => p.m)).not.toContain("interface");
    expect(new Set(standin.telemetry().map((t) => t.boot)).size).toBe(1);
    expect(isWhole(standin.telemetry())).toBe(true);
    await agent.stop();

    const again = await newAgent(standin, { dataDir: agent.dataDir, host: hastyHost() });
    await again.start();
    await standin.until("a third birth", () => standin.births().length === 3);
    expect(standin.births()[2]).toMatchObject({ intervalMs: 2_000, config: { revision: 5, hash, state: "applied" } });
  });

  it("that leads to nobody goes back by itself, without losing a batch", async () => {
    const { standin, agent } = await connected();
    const controller = "ws://127.0.0.1:1/mqtt";
    want(standin, 5, { document: { agent: { controller } } });
    await standin.until("the way back", () => last(standin)?.state === "reverted");
    expect(last(standin)).toMatchObject({
      revision: 5,
      cause: "unconfirmed",
      attempt: 1,
      problems: [
        { path: "", message: `it could not reach ${controller} within 10 s: connect ECONNREFUSED 127.0.0.1:1` },
      ],
    });
    expect(standin.births().at(-1)).toMatchObject({ intervalMs: 1_000, config: { revision: 5, state: "reverted" } });
    const before = standin.telemetry().length;
    const last10s = (): boolean => standin.telemetry().length >= before + 12;
    await standin.until("every batch of the time between", () => last10s() && isWhole(standin.telemetry()));
    await agent.stop();
  });

  it("moves it to another address, where it stays once it is confirmed there", async () => {
    const { standin, agent } = await connected();
    const other = await newStandin({ web: true });
    const controller = `${other.url.replace("http", "ws")}/mqtt`;
    want(standin, 5, { document: { agent: { controller } } });
    await other.until("a trial there", () => last(other)?.state === "trying");
    confirm(other, last(other) as ConfigReported, standin.online);
    await other.until("applied there", () => last(other)?.state === "applied");
    await agent.stop();
    const again = await newAgent(standin, { dataDir: agent.dataDir, host: hastyHost() });
    await again.start();
    await other.until("a birth there", () => other.births().length === 2);
    expect(other.enrolments).toEqual([]);
  });

  it("that leads to another controller, which knows no such device, costs neither password nor place", async () => {
    const { standin, agent } = await connected();
    const other = await newStandin({ web: true });
    other.state.password = "of somebody else";
    const controller = `${other.url.replace("http", "ws")}/mqtt`;
    want(standin, 5, { document: { agent: { controller } } });
    await standin.until("the way back", () => last(standin)?.state === "reverted");
    expect(last(standin)?.problems[0]?.message).toMatch(/within 10 s: the broker refuses name and password$/);
    expect([...other.enrolments, ...standin.enrolments.slice(1)]).toEqual([]);
    expect(agent.log.lines.filter((line) => line.includes("enrolled as"))).toHaveLength(1);
  });

  it("that leads to a door that opens and never says a word goes back in time", async () => {
    const { standin } = await connected();
    const silent = createServer((socket) => void socket.on("error", () => {}).resume());
    await new Promise<void>((done) => silent.listen(0, "127.0.0.1", () => done()));
    later(() => new Promise((done) => silent.close(done)));
    const { port } = silent.address() as AddressInfo;
    const asked = new Promise((done) => silent.once("connection", done));
    want(standin, 5, { document: { agent: { controller: `ws://127.0.0.1:${port}/mqtt` } } });
    await asked;
    await standin.until("the way back", () => last(standin)?.state === "reverted");
    expect(last(standin)).toMatchObject({ cause: "unconfirmed", attempt: 1 });
    const before = standin.telemetry().length;
    await standin.until("more batches", () => standin.telemetry().length > before && isWhole(standin.telemetry()));
  });

  it("that is reached but not confirmed goes back, and a confirmation by a strange key is none", async () => {
    const { standin } = await connected();
    want(standin, 5);
    await standin.until("a trial", () => last(standin)?.state === "trying");
    confirm(standin, last(standin) as ConfigReported, newKey("strange", "online"));
    await standin.until("the way back", () => last(standin)?.state === "reverted");
    expect(reports(standin).filter((r) => r.state === "trying").length).toBeGreaterThan(1);
  });

  it("that the power was cut under goes back, and is tried again when it comes again", async () => {
    const { standin, agent } = await connected();
    const hash = want(standin, 5);
    await standin.until("a trial", () => last(standin)?.state === "trying");
    await agent.halt();
    const again = await newAgent(standin, { dataDir: agent.dataDir, host: hastyHost() });
    await again.start();
    await standin.until("the report", () => last(standin)?.state === "reverted");
    expect(last(standin)).toMatchObject({ revision: 5, hash, cause: "power", attempt: 1 });
    expect(standin.births().at(-1)).toMatchObject({ intervalMs: 1_000, config: { state: "reverted" } });
  });

  it("with what this agent can't apply is rejected, with the path", async () => {
    const { standin } = await connected();
    want(standin, 5, { document: { agent: { colour: "amber" }, radios: {} } });
    await standin.until("the report", () => last(standin)?.state === "rejected");
    expect(last(standin)?.cause).toBeUndefined();
    expect(last(standin)?.problems.map((p) => p.path)).toEqual(expect.arrayContaining(["agent.colour", "radios"]));
    expect(standin.births()).toHaveLength(1);
  });

  it("begins anew with its own settings when the file is rotten", async () => {
    const dataDir = await newFolder();
    await writeFile(`${dataDir}/apply.json`, '{"format":"lamplighter-apply-1","applied":{"revision":-1}}');
    const { standin, agent } = await connected({ dataDir });
    expect(standin.births()[0]?.config.revision).toBe(0);
    expect(agent.log.lines.join("\n")).toMatch(/apply.json.*begins anew/);
    want(standin, 5);
    await standin.until("a trial", () => last(standin)?.state === "trying");
    expect(JSON.parse(await readFile(`${dataDir}/apply.json`, "utf8")).trial.revision).toBe(5);
  });
});

describe("a body that is not to be believed", () => {
  const stranger = newKey("stranger", "content");

  it.each([
    ["another key", {}, "signed by key stranger, which is not in this device's key set"],
    ["another device", { device: "other-device" }, "written for another device, other-device"],
    ["another purpose", { purpose: "firmware" }, "wrong purpose: firmware"],
  ])("because of %s is told once, changes nothing, and the device says so too", async (what, more, message) => {
    const { standin } = await connected();
    const key = what === "another key" ? stranger : standin.content;
    want(standin, 5, more, key);
    await standin.until("the report", () => reports(standin).length === 1);
    expect(last(standin)).toMatchObject({
      revision: 0,
      hash: "",
      state: "rejected",
      cause: "signature",
      problems: [{ path: "", message }],
    });
    want(standin, 5, more, key);
    want(standin, 6);
    await standin.until("a trial of a good one", () => last(standin)?.state === "trying");
    expect(reports(standin).filter((r) => r.state === "rejected")).toHaveLength(1);
  });

  it("can't make it talk without end", async () => {
    const { standin } = await connected();
    for (let i = 0; i < 40; i++) want(standin, 5, {}, newKey(`stranger-${i}`, "content"));
    want(standin, 6);
    await standin.until("a trial of a good one", () => last(standin)?.state === "trying");
    expect(reports(standin).filter((r) => r.cause === "signature")).toHaveLength(8);
  });
});
