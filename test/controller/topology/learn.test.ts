import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StoredPoint } from "../../../controller/store/series/index.ts";
import { learn } from "../../../controller/topology/learn.ts";
import { topologyLimits } from "../../../controller/topology/limits.ts";
import { createMatch, createTraces } from "../../../controller/topology/match.ts";
import { learntParents, plugOf, standingOf } from "../../../controller/topology/standing.ts";
import { type Hanging, type Known, unknown } from "../../../controller/topology/state.ts";

const minute = 60_000;
const device = (id: string, kind: string, more: Partial<Known> = {}): Known => ({
  ...{ id, name: `Demo ${id}`, kind, site: "a", via: null, address: null, parents: [], hardware: null },
  ...more,
});

/** A town of devices, and what each was told to have seen. */
function town(...all: Known[]) {
  const known = new Map(all.map((one) => [one.id, one]));
  const hangings = new Map<string, Hanging>();
  const registry = { devices: () => [...known.values()], device: (id: string) => known.get(id) };
  const traces = createTraces(registry);
  const match = createMatch(traces);
  const hanging = (id: string): Hanging => hangings.get(id) ?? unknown;
  const lookup = { device: registry.device, hanging };
  const of = (id: string): Known => known.get(id) ?? device(id, "sensor");
  return {
    lookup,
    hanging,
    see(id: string, m: string, at: number, fields: StoredPoint["fields"], name = "eth0"): void {
      const was = hanging(id);
      const is = learn(was, { device: id, m, at, tags: { interface: name }, fields }, of(id), match);
      hangings.set(id, is);
      traces.own(id, was.ports, is.ports);
    },
    declare(id: string, more: Partial<Known>): void {
      known.set(id, { ...of(id), ...more });
      traces.changed();
    },
    dismiss: (id: string, parent: string) => hangings.set(id, { ...hanging(id), dismissed: [parent] }),
    parents: (id: string) => learntParents(of(id), lookup),
    standing: (id: string) => hanging(id).edges.map((edge) => standingOf(edge, of(id), lookup)),
  };
}

const leads = { system_name: "sw-1", chassis: "02:4c:00:00:00:01", port: "7", address: "10.0.0.2", uplink: 1 };

describe("what a device is behind", () => {
  it("counts after it was seen three times, not before", () => {
    const t = town(device("ap-1", "access-point"), device("sw-1", "switch"));
    for (const at of [0, 5, 10]) {
      expect(t.parents("ap-1")).toEqual([]);
      t.see("ap-1", "neighbour", at * minute, leads);
    }
    expect(t.parents("ap-1")).toEqual([["sw-1"]]);
    expect(t.standing("ap-1")).toEqual(["holds"]);
  });

  it("is not seen three times by three words within a minute", () => {
    const t = town(device("ap-1", "access-point"), device("sw-1", "switch"));
    for (const at of [0, 1_000, 2_000, 59_000]) t.see("ap-1", "neighbour", at, leads);
    expect(t.standing("ap-1")).toEqual(["counting"]);
  });

  it("begins anew at another switch", () => {
    const t = town(device("ap-1", "access-point"), device("sw-1", "switch"), device("sw-2", "switch"));
    for (const at of [0, 5, 10]) t.see("ap-1", "neighbour", at * minute, leads);
    t.see("ap-1", "neighbour", 15 * minute, { ...leads, system_name: "sw-2" });
    expect(t.hanging("ap-1").edges).toMatchObject([{ parent: "sw-2", seen: 1 }]);
    expect(t.parents("ap-1")).toEqual([]);
  });

  it("is forgotten when the cable is elsewhere, and not while the device is silent", () => {
    const t = town(device("ap-1", "access-point"), device("sw-1", "switch"));
    for (const at of [0, 5, 10]) t.see("ap-1", "neighbour", at * minute, leads);
    expect(t.parents("ap-1")).toEqual([["sw-1"]]);
    t.see("ap-1", "port", 10 * minute + topologyLimits.staleMs, { hardware_address: "02:4c:00:00:00:10" });
    expect(t.parents("ap-1")).toEqual([["sw-1"]]);
    t.see("ap-1", "port", 10 * minute + topologyLimits.staleMs + 1, { hardware_address: "02:4c:00:00:00:10" });
    expect(t.hanging("ap-1")).toMatchObject({ edges: [], cables: [] });
  });

  it("is what the way out leads to, never what hangs on the device", () => {
    const t = town(
      ...[device("ap-1", "access-point"), device("sensor-1", "sensor"), device("ap-2", "access-point")],
      device("sw-1", "switch"),
    );
    const to = (name: string, uplink?: number) => ({ system_name: name, ...(uplink === undefined ? {} : { uplink }) });
    t.see("ap-1", "neighbour", 0, to("sensor-1", 1));
    t.see("ap-1", "neighbour", 0, to("ap-2"), "eth1");
    t.see("ap-1", "neighbour", 0, to("ap-2", 0), "eth2");
    t.see("ap-1", "neighbour", 0, to("sw-1", 0), "eth3");
    expect(t.hanging("ap-1").edges).toEqual([]);
    t.see("sensor-1", "neighbour", 0, to("ap-1"));
    t.see("ap-2", "neighbour", 0, to("ap-1", 1));
    expect([t.standing("sensor-1"), t.standing("ap-2")]).toEqual([["counting"], ["counting"]]);
  });

  it("is beaten by what people declare, and not there when they say so", () => {
    const t = town(device("ap-1", "access-point"), device("sw-1", "switch"), device("sw-2", "switch"));
    for (const at of [0, 5, 10]) t.see("ap-1", "neighbour", at * minute, leads);
    t.dismiss("ap-1", "sw-1");
    expect([t.standing("ap-1"), t.parents("ap-1")]).toEqual([["dismissed"], []]);
    t.dismiss("ap-1", "nobody");
    t.declare("ap-1", { parents: [["sw-2"]] });
    expect([t.standing("ap-1"), t.parents("ap-1")]).toEqual([["overruled"], []]);
    t.declare("ap-1", { parents: [["sw-1"]] });
    expect([t.standing("ap-1"), t.parents("ap-1")]).toEqual([["declared"], []]);
  });

  it("never goes in a circle", () => {
    const t = town(device("gw-1", "gateway"), device("gw-2", "gateway"));
    for (const at of [0, 5, 10]) {
      t.see("gw-1", "neighbour", at * minute, { system_name: "gw-2", uplink: 1 });
      t.see("gw-2", "neighbour", at * minute, { system_name: "gw-1", uplink: 1 });
    }
    expect([t.standing("gw-1"), t.standing("gw-2")]).toEqual([["circular"], ["circular"]]);
    expect([t.parents("gw-1"), t.parents("gw-2")]).toEqual([[], []]);
    t.declare("gw-1", { parents: [["gw-2"]] });
    expect(t.standing("gw-2")).toEqual(["circular"]);
  });

  it("is a switch and, apart from it, the gateway; of two cables one is enough", () => {
    const t = town(
      device("ap-1", "access-point"),
      ...["sw-1", "sw-2"].map((id) => device(id, "switch")),
      device("gw-1", "gateway", { address: "10.0.0.1:443" }),
    );
    const { uplink: _, ...either } = leads;
    for (const at of [0, 5, 10]) {
      t.see("ap-1", "neighbour", at * minute, either);
      t.see("ap-1", "neighbour", at * minute, { ...either, system_name: "sw-2" }, "eth1");
      t.see("ap-1", "gateway", at * minute, { address: "10.0.0.1", hardware_address: "02:4c:00:00:00:05" });
    }
    expect(t.parents("ap-1").map((group) => group.sort())).toEqual([["sw-1", "sw-2"], ["gw-1"]]);
  });
});

describe("who is meant", () => {
  it("is known by the address that a device tells of its own ports before anything else", () => {
    const t = town(device("ap-1", "access-point"), device("sw-1", "switch"), device("sw-9", "switch"));
    t.see("sw-9", "port", 0, { hardware_address: leads.chassis.toUpperCase() });
    t.see("ap-1", "neighbour", 0, leads);
    expect(t.hanging("ap-1").edges[0]?.parent).toBe("sw-9");
  });

  it.each([
    ["its serial number", { hardware: { serial: "02:4C:00:00:00:01" } }],
    ["its name", { name: "SW-1" }],
    ["the first part of its name", { name: "sw-1" }, "sw-1.lamps.example"],
    ["its address at the same site", { address: "10.0.0.2" }],
  ])("is known by %s", (_what, more: Partial<Known>, told = "sw-1") => {
    const t = town(device("ap-1", "access-point"), device("x", "switch", more));
    t.see("ap-1", "neighbour", 0, { ...leads, system_name: told });
    expect(t.hanging("ap-1").edges[0]?.parent).toBe("x");
  });

  it("is nobody where two could be, but the one at the same site; private addresses mean nothing elsewhere", () => {
    const both = [device("x", "switch", { name: "sw-1" }), device("y", "switch", { name: "sw-1", site: "b" })];
    const t = town(device("ap-1", "access-point"), device("ap-2", "access-point", { site: "c" }), ...both);
    t.see("ap-1", "neighbour", 0, leads);
    t.see("ap-2", "neighbour", 0, leads);
    expect(t.hanging("ap-1").edges[0]?.parent).toBe("x");
    expect(t.hanging("ap-2").edges).toEqual([]);
    const u = town(device("ap-1", "access-point"), device("x", "switch", { site: "b", address: "10.0.0.2" }));
    u.see("ap-1", "neighbour", 0, leads);
    expect(u.hanging("ap-1").edges).toEqual([]);
  });
});

it("a cable's end is a port of something, ours or not", () => {
  const t = town(device("ap-1", "access-point"), device("sw-1", "switch"));
  const nameOf = (id: string) => t.lookup.device(id)?.name;
  expect(plugOf(unknown, nameOf)).toBeNull();
  t.see("ap-1", "neighbour", 1, { ...leads, system_name: "sw-elsewhere" });
  expect(plugOf(t.hanging("ap-1"), nameOf)).toEqual({ port: "7", of: "sw-elsewhere" });
  t.see("ap-1", "neighbour", 2, { ...leads, port: "8", uplink: 0 }, "eth1");
  t.see("ap-1", "neighbour", 2, leads);
  expect(plugOf(t.hanging("ap-1"), nameOf)).toEqual({ port: "7", of: "Demo sw-1" });
});

it("is bounded, whatever one device tells, and never puts anything behind itself", () => {
  const text = fc.constantFrom("sw-1", "ap-1", "ap-2", "02:4c:00:00:00:01", "");
  const words = fc.record(
    {
      system_name: text,
      chassis: text,
      port: text,
      hardware_address: text,
      address: text,
      uplink: fc.constantFrom(0, 1),
    },
    { requiredKeys: [] },
  );
  const point = fc.record({
    id: fc.constantFrom("ap-1", "ap-2", "sw-1"),
    m: fc.constantFrom("neighbour", "gateway", "port"),
    name: fc.nat(90).map((n) => `eth${n}`),
    fields: words,
  });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 200 }), (points) => {
      const t = town(device("ap-1", "access-point"), device("ap-2", "access-point"), device("sw-1", "switch"));
      for (const [i, { id, m, name, fields }] of points.entries()) t.see(id, m, i * 70_000, fields, name);
      for (const id of ["ap-1", "ap-2", "sw-1"]) {
        const { cables, edges, ports } = t.hanging(id);
        expect(Math.max(cables.length, edges.length - 1, Object.keys(ports).length)).toBeLessThanOrEqual(
          topologyLimits.ofDevice,
        );
        const above = new Set<string>();
        for (let level = t.parents(id).flat(); level.length > 0; ) {
          for (const one of level) above.add(one);
          level = level.flatMap((one) => t.parents(one).flat()).filter((one) => !above.has(one));
        }
        expect(above.has(id)).toBe(false);
      }
    }),
  );
});
