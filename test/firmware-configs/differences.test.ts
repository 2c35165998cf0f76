import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences, documentProblems, effectOf } from "../../firmware-configs/index.ts";

const probe = (name: string, host = "10.0.0.1") => ({ name, kind: "icmp", host, count: 3 });
const withProbes = (...probes: object[]) => ({ agent: { collectors: { probe: { probes } } } });

describe("what differs between two documents", () => {
  it("is told setting by setting", () => {
    expect(differences({}, { agent: { intervalMs: 5_000, controller: "wss://a/mqtt" } })).toEqual([
      { path: "agent.intervalMs", from: undefined, to: 5_000 },
      { path: "agent.controller", from: undefined, to: "wss://a/mqtt" },
    ]);
    expect(differences({ agent: { intervalMs: 5_000 } }, {})).toEqual([
      { path: "agent.intervalMs", from: 5_000, to: undefined },
    ]);
  });

  it("names things in a list, whatever their order and whether the list is empty", () => {
    const path = "agent.collectors.probe.probes";
    expect(differences(withProbes(probe("a"), probe("b")), withProbes(probe("b", "10.0.0.2"), probe("c")))).toEqual([
      { path: `${path}.a`, from: probe("a"), to: undefined },
      { path: `${path}.b`, from: probe("b"), to: probe("b", "10.0.0.2") },
      { path: `${path}.c`, from: undefined, to: probe("c") },
    ]);
    expect(differences(withProbes(), withProbes(probe("a")))).toEqual([
      { path: `${path}.a`, from: undefined, to: probe("a") },
    ]);
    expect(differences({}, withProbes())).toEqual([{ path, from: undefined, to: [] }]);
  });

  it("takes a list of anything else as a whole", () => {
    const path = "agent.collectors.interface.ignore";
    const of = (...ignore: string[]) => ({ agent: { collectors: { interface: { ignore } } } });
    expect(differences(of("ifb*"), of("ifb*", "br0"))).toEqual([{ path, from: ["ifb*"], to: ["ifb*", "br0"] }]);
  });

  it("is nothing exactly when they are the same", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        expect(differences(a, a)).toEqual([]);
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        const reordered = JSON.stringify(a).split("").sort().join() === JSON.stringify(b).split("").sort().join();
        if (!isSame && !reordered) expect(differences(a, b).length).toBeGreaterThan(0);
      }),
    );
  });

  it("what stands for a secret is one value", () => {
    const key = (digest: string) => ({ secret: true, set: true, digest });
    const changes = differences(
      { wifi: { key: key("a"), other: key("a") } },
      { wifi: { key: key("b"), other: key("a") } },
    );
    expect(changes).toEqual([{ path: "wifi.key", from: key("a"), to: key("b") }]);
  });

  it("says whether the device moves to another address", () => {
    const to = { agent: { controller: "wss://a/mqtt" } };
    const none = { radiosRestarted: 0 };
    expect(effectOf(differences({}, to))).toEqual({ ...none, reconnects: true, moves: true, needs: "reconnect" });
    expect(effectOf([])).toEqual({ ...none, reconnects: false, moves: false, needs: "nothing" });
  });

  const wireless = (radio: string, ssid: string) => ({ name: `w-${radio}`, wireless: { radio, ssid } });
  it.each([
    ["a host name", { general: { hostname: "a" } }, { general: { hostname: "b" } }, "reconnect", 0],
    ["a route", { routes: [] }, { routes: [{ destination: "::/0" }] }, "network", 0],
    ["an address", { interfaces: [{ name: "lan" }] }, { interfaces: [{ name: "lan", mtu: 9 }] }, "network", 0],
    ["a channel", { radios: [{ name: "r0", channel: 1 }] }, { radios: [{ name: "r0", channel: 6 }] }, "radio", 1],
    ["a network name", { interfaces: [wireless("r0", "a")] }, { interfaces: [wireless("r0", "b")] }, "radio", 1],
    ["names of two radios", {}, { interfaces: [wireless("r0", "a"), wireless("r1", "a")] }, "radio", 2],
    ["a radio and a name on it", { interfaces: [wireless("r0", "a")] }, { radios: [{ name: "r0" }] }, "radio", 1],
  ])("says what %s costs", (_, from, to, needs, radiosRestarted) => {
    expect(effectOf(differences(from, to))).toMatchObject({ needs, radiosRestarted });
  });
});

describe("a document", () => {
  it.each([
    ["nothing", {}, []],
    ["an unknown section", { antennas: {} }, ["antennas"]],
    ["several mistakes", { agent: { intervalMs: 1, colour: 1 } }, ["agent.intervalMs", "agent.colour"]],
    ["a list", [], [""]],
    ["null", null, [""]],
  ])("of %s has its problems by path", (_, document, paths) => {
    expect(documentProblems(document).map((p) => p.path)).toEqual(paths);
  });
});
