import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { BadSettings, createLinuxHost, readSettings } from "../../edge-agent/index.ts";
import { newCertificate } from "./certificate.ts";
import { newAgent, newStandin } from "./setup.ts";

describe("an agent and a broker", () => {
  it.each([
    ["mqtt", async () => ({})],
    ["mqtts with the key that the token pins", async () => ({ tls: await newCertificate() })],
    ["web sockets", async () => ({ web: true })],
    ["web sockets and TLS with the key that the token pins", async () => ({ web: true, tls: await newCertificate() })],
  ])("enrols, gives birth, sends telemetry and signs off over %s", async (_, options) => {
    const standin = await newStandin(await options());
    const agent = await newAgent(standin);
    await agent.start();
    await standin.until("two batches", () => standin.telemetry().length >= 2);
    await agent.stop();
    await standin.until("the clean stop", () => standin.of("presence").length === 2);
    expect(standin.enrolments).toHaveLength(1);
    expect(standin.births()[0]).toMatchObject({ online: true, session: 1, clock: "synced", intervalMs: 1000 });
    expect(standin.of("presence")[1]?.message).toMatchObject({ online: false, session: 1, reason: "stopped" });
    const points = standin.telemetry().flatMap((t) => t.points);
    expect([...new Set(points.map((p) => p.m))].sort()).toEqual(
      expect.arrayContaining(["agent", "interface", "system"]),
    );
    const probes = points.filter((p) => p.m === "probe").map((p) => [p.t?.["probe"], p.f["success"]]);
    expect(Object.fromEntries(probes)).toEqual({ "controller-tcp": 1, "controller-http": 1 });
    expect(agent.log.lines.filter((l) => !l.startsWith("info"))).toEqual([]);
  });

  it("says no word to a controller with another key, and goes on measuring", async () => {
    const standin = await newStandin({ web: true, tls: await newCertificate() });
    const [secret, contentKey] = standin.token.split(".");
    const token = `${secret}.${contentKey}.${(await newCertificate()).pin}`;
    const agent = await newAgent({ ...standin, token });
    await agent.start();
    await agent.log.until("somebody else answers for the controller");
    expect(standin.enrolments).toEqual([]);
    await agent.stop();
  });
});

describe("an agent", () => {
  it("needs a token once, and remembers it", async () => {
    const standin = await newStandin();
    const { dataDir, ...agent } = await newAgent(standin);
    await agent.start();
    await standin.until("a birth", () => standin.births().length === 1);
    await agent.stop();
    const again = await newAgent(standin, { dataDir, token: undefined });
    await again.start();
    await standin.until("a second birth", () => standin.births().length === 2);
    expect(standin.enrolments).toHaveLength(1);
    await again.stop();
    await expect((await newAgent(standin, { token: undefined })).start()).rejects.toThrow(BadSettings);
  });

  it("enrols anew, with the keys that it has, when it is given another token", async () => {
    const standin = await newStandin();
    const { dataDir, ...agent } = await newAgent(standin);
    await agent.start();
    await standin.until("a birth", () => standin.births().length === 1);
    await agent.stop();
    const again = await newAgent(standin, { dataDir, token: standin.token.replace("demo-secret", "other-secret") });
    await again.start();
    await standin.until("a second birth", () => standin.births().length === 2);
    expect(standin.enrolments).toHaveLength(2);
    expect(standin.enrolments[1]?.["keys"]).toEqual(standin.enrolments[0]?.["keys"]);
  });

  it("stopped in the middle of its start leaves its folder to the next one", async () => {
    const standin = await newStandin();
    const { dataDir, ...agent } = await newAgent(standin);
    const starting = agent.start();
    await agent.stop();
    await starting;
    expect((await readdir(dataDir)).filter((name) => name.endsWith(".lock"))).toEqual([]);
    const again = await newAgent(standin, { dataDir });
    await again.start();
    await again.stop();
  });

  it("outlives a host that fails in every way", async () => {
    const linux = createLinuxHost();
    const fails = async (): Promise<never> => {
      throw new Error("no such host");
    };
    const broken = {
      ...linux,
      files: { read: fails, list: fails, space: fails },
      sockets: { ...linux.sockets, resolve: fails, connect: fails, get: fails },
    };
    const standin = await newStandin();
    const agent = await newAgent(standin, { host: broken });
    await agent.start();
    await standin.until("a batch", () => standin.telemetry().length === 1);
    // What it costs itself it can still tell.
    expect(standin.telemetry()[0]?.points.map((p) => p.m)).toEqual(["agent"]);
    await agent.stop();
  });

  it("says what it is", async () => {
    const standin = await newStandin();
    const linux = createLinuxHost();
    const texts: Record<string, string> = {
      "/proc/device-tree/model": "Demo Board\0",
      "/sys/class/dmi/id/product_serial": "To Be Filled By O.E.M.\n",
      "/etc/os-release": 'NAME="Demo"\nPRETTY_NAME="Demo Linux 1"\n',
    };
    const read = async (path: string): Promise<string> => texts[path] ?? linux.files.read("/no/such/file");
    const host = { ...linux, files: { ...linux.files, read } };
    const agent = await newAgent(standin, { host });
    await agent.start();
    await standin.until("a birth", () => standin.births().length === 1);
    const serial = expect.stringMatching(/^made-up-[a-z2-7]{12}$/);
    expect(standin.births()[0]).toMatchObject({ hardware: { model: "Demo Board", serial }, firmware: "Demo Linux 1" });
    expect(standin.enrolments[0]?.["hardware"]).toEqual(standin.births()[0]?.hardware);
    const settings = readSettings({ intervalMs: 1000, hardware: { model: "mine", serial: "demo-7" } });
    const other = await newAgent(standin, { host, settings });
    await other.start();
    await standin.until("another birth", () => standin.births().length === 2);
    expect(standin.births()[1]?.hardware).toEqual({ model: "mine", serial: "demo-7" });
  });
});
