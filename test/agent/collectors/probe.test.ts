import { describe, expect, it } from "vitest";
import { admit } from "#wire";
import { createProbeCollector, defaultProbes } from "../../../edge-agent/collectors/index.ts";
import { parsePing } from "../../../edge-agent/collectors/probe/ping.ts";
import type { Sockets } from "../../../edge-agent/index.ts";
import { newLog } from "../setup.ts";
import { fixture, fixtureHost } from "./hosts.ts";

const minute = 60_000;
type Probes = Parameters<typeof createProbeCollector>[0]["settings"]["probes"];

const newCollector = (host: ReturnType<typeof fixtureHost>, probes: Probes) => {
  const log = newLog();
  return { ...createProbeCollector({ host, log, settings: { intervalMs: minute, probes } }), log };
};

/** Starts a round and gives what it found. */
async function round(host: ReturnType<typeof fixtureHost>, collector: ReturnType<typeof newCollector>, ms = 20) {
  await collector.collect();
  await host.time.advance(ms);
  return collector.collect();
}

describe("a probe", () => {
  const probes: Probes = [
    { name: "names", kind: "dns", lookup: "example.org", resolver: "192.0.2.53" },
    { name: "port", kind: "tcp", host: "192.0.2.1", port: 443 },
    { name: "page", kind: "http", url: "http://192.0.2.1/", expectStatus: 204 },
  ];

  it("says that it worked, and how long it took", async () => {
    const asked: unknown[] = [];
    const host = fixtureHost("pc", {
      sockets: {
        resolve: async (...args) => {
          asked.push(args);
          await new Promise<void>((done) => host.time.after(7, done));
          return ["192.0.2.1"];
        },
        connect: async () => {},
        get: async () => ({ status: 204, body: "" }),
      },
    });
    const samples = await round(host, newCollector(host, probes));
    expect(asked).toEqual([["example.org", "192.0.2.53", 5_000]]);
    expect(samples.map((s) => [s.t, s.f["success"], s.f["loss_percent"]])).toEqual([
      [{ probe: "port", kind: "tcp" }, 1, 0],
      [{ probe: "page", kind: "http" }, 1, 0],
      [{ probe: "names", kind: "dns" }, 1, 0],
    ]);
    expect(samples.find((s) => s.t?.["kind"] === "dns")?.f["latency_ms"]).toBeCloseTo(7);
    for (const sample of samples) expect(admit({ ...sample, at: 0 })).toMatchObject({ ok: true, cut: [] });
  });

  it("that fails says so without a latency, and the log says why, once", async () => {
    const host = fixtureHost("pc", { sockets: { get: async () => ({ status: 500, body: "" }) } });
    const collector = newCollector(host, probes);
    const samples = await round(host, collector);
    expect(samples.map((s) => s.f)).toEqual(Array(3).fill({ success: 0, loss_percent: 100 }));
    await round(host, collector, minute);
    expect(collector.log.lines).toHaveLength(3);
    expect(collector.log.lines).toContain("info probe page fails: HTTP 500, 204 expected");
  });

  it("of the portal works when the page is the portal's", async () => {
    const portal: Probes = [
      { name: "portal", kind: "portal", url: "http://portal.example/", contains: "Demo Town WiFi" },
    ];
    const found = async (answer: { status: number; body: string }) => {
      const host = fixtureHost("pc", { sockets: { get: async () => answer } });
      const collector = newCollector(host, portal);
      const [sample] = await round(host, collector);
      if (sample) expect(admit({ ...sample, at: 0 })).toMatchObject({ ok: true, cut: [] });
      return [sample?.f["success"], ...collector.log.lines];
    };
    expect(await found({ status: 200, body: "<h1>Demo Town WiFi</h1>" })).toEqual([1]);
    expect(await found({ status: 200, body: "It works!" })).toEqual([
      0,
      "info probe portal fails: another page than the portal's",
    ]);
    expect(await found({ status: 302, body: "Demo Town WiFi" })).toEqual([
      0,
      "info probe portal fails: HTTP 302, the page of the portal expected",
    ]);
  });

  it("runs once in its interval, and not again while it is still busy", async () => {
    let tries = 0;
    const sockets: Partial<Sockets> = {
      connect: () => {
        tries++;
        return new Promise(() => {});
      },
    };
    const host = fixtureHost("pc", { sockets });
    const collector = newCollector(host, [{ name: "port", kind: "tcp", host: "192.0.2.1", port: 1 }]);
    await round(host, collector, minute);
    await round(host, collector, minute);
    expect(tries).toBe(1);
  });

  it("that is never collected fills no memory", async () => {
    const host = fixtureHost("pc", { sockets: { connect: async () => {} } });
    const many: Probes = Array.from({ length: 300 }, (_, i) => ({
      name: `p${i}`,
      kind: "tcp",
      host: "192.0.2.1",
      port: 1,
    }));
    expect(await round(host, newCollector(host, many))).toHaveLength(256);
  });
});

describe("ping", () => {
  it.each([
    ["iputils", { sent: 3, received: 2, latencyMs: 0.512 }],
    ["iputils-unreachable", { sent: 3, received: 0 }],
    ["busybox", { sent: 3, received: 3, latencyMs: 0.087 }],
    ["busybox-none", { sent: 3, received: 0 }],
  ])("as %s prints it", (name, outcome) => {
    expect(parsePing(fixture(`ping/${name}.txt`))).toEqual(outcome);
  });

  it("that printed nothing of use is none", () => {
    for (const text of [
      "",
      "ping: bad address",
      "0 packets transmitted, 0 received",
      "1 packets transmitted, 2 received",
    ])
      expect(parsePing(text)).toBeUndefined();
  });

  const probes: Probes = [{ name: "gateway", kind: "icmp", host: "192.0.2.1", count: 3 }];

  it("tells the loss and the mean round trip, also when the program exits with 1", async () => {
    const run = async () => {
      throw Object.assign(new Error("exit 1"), { code: 1, stdout: fixture("ping/iputils.txt"), stderr: "" });
    };
    const host = fixtureHost("pc", { programs: { run } });
    const [sample] = await round(host, newCollector(host, probes));
    expect(sample?.f).toEqual({ success: 1, latency_ms: 0.512, loss_percent: expect.closeTo(100 / 3) });
  });

  it("that the host doesn't have is no failure of the network", async () => {
    const host = fixtureHost("pc");
    const collector = newCollector(host, probes);
    expect(await round(host, collector)).toEqual([]);
    expect(collector.log.lines).toEqual(["info probe gateway can't be tried here"]);
  });
});

describe("without settings", () => {
  it("only the controller is contacted", () => {
    expect(defaultProbes("https://controller.example:8443/")).toEqual([
      { name: "controller-dns", kind: "dns", lookup: "controller.example" },
      { name: "controller-tcp", kind: "tcp", host: "controller.example", port: 8443 },
      { name: "controller-http", kind: "http", url: "https://controller.example:8443/healthz", expectStatus: 200 },
    ]);
    expect(defaultProbes("http://[::1]:80").map((p) => p.kind)).toEqual(["tcp", "http"]);
    expect(defaultProbes("http://localhost:8080").map((p) => p.kind)).toEqual(["tcp", "http"]);
  });
});
