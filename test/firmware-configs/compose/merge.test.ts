import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentOf, inOrder, type Layer, layerKinds, stack } from "../../../firmware-configs/index.ts";

const layer = (document: unknown, id = "a") => ({ kind: "group" as const, id, name: id, document });
const merged = (...documents: unknown[]) => documentOf(stack(documents.map((one, i) => layer(one, `l${i}`))));

/** Of one shape, as all documents of one schema are; any part may be absent. */
const named = fc.uniqueArray(
  fc.record(
    { name: fc.constantFrom("lan", "guest", "eth0.1"), mtu: fc.nat(9), up: fc.boolean() },
    { requiredKeys: ["name"] },
  ),
  { selector: (one) => one.name, minLength: 1 },
);
const shaped = fc.record(
  {
    general: fc.record({ hostname: fc.string(), maintainer: fc.string() }, { requiredKeys: [] }),
    interfaces: named,
    dns_servers: fc.array(fc.string(), { minLength: 1 }),
    __proto__: fc.constant({}),
  },
  { requiredKeys: [] },
);
/** Lists of named things keep what was first in front; what else there is doesn't depend on the order. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, sorted(inner)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
};

describe("merging documents", () => {
  it("goes key by key, things of a list by name, and null takes away", () => {
    const base = {
      general: { hostname: "ap", timezone: "UTC" },
      interfaces: [
        { name: "lan", mtu: 1500 },
        { name: "guest", mtu: 1400 },
      ],
      dns_servers: ["192.0.2.1", "192.0.2.2"],
    };
    const above = {
      general: { timezone: null, hostname: "lamp" },
      interfaces: [{ name: "guest", mtu: 1280 }, { name: "iot" }],
      dns_servers: ["192.0.2.9"],
    };
    expect(merged(base, above)).toEqual({
      general: { hostname: "lamp" },
      interfaces: [{ name: "lan", mtu: 1500 }, { name: "guest", mtu: 1280 }, { name: "iot" }],
      dns_servers: ["192.0.2.9"],
    });
  });

  it("knows the things of some lists by another key than their names", () => {
    const routes = [
      { destination: "192.0.2.0/24", next: "a" },
      { destination: "198.51.100.0/24", next: "b" },
    ];
    expect(merged({ routes }, { routes: [{ destination: "198.51.100.0/24", next: "c" }] })).toEqual({
      routes: [routes[0], { destination: "198.51.100.0/24", next: "c" }],
    });
  });

  it.each([
    ["things without a name", [{ ssid: "a" }]],
    ["a name that comes twice", [{ name: "a" }, { name: "a" }]],
    ["scalars", ["a"]],
    ["nothing", []],
  ])("replaces a list of %s as a whole", (_, list) => {
    expect(merged({ things: [{ name: "lan" }] }, { things: list })).toEqual({ things: list });
    expect(merged({ things: list }, { things: [{ name: "lan" }] })).toEqual({ things: [{ name: "lan" }] });
  });

  it("takes a thing out of a list", () => {
    const gone = { interfaces: [{ name: "guest", $patch: "delete" }] };
    const base = { interfaces: [{ name: "lan" }, { name: "guest", mtu: 1 }] };
    expect(merged(base, gone)).toEqual({ interfaces: [{ name: "lan" }] });
    expect(merged({}, gone)).toEqual({});
    expect(merged(base, gone, { interfaces: [{ name: "guest" }] })).toEqual({
      interfaces: [{ name: "lan" }, { name: "guest" }],
    });
  });

  it("what was taken away begins anew above", () => {
    expect(merged({ a: { x: 1 } }, { a: null }, { a: { y: 2 } })).toEqual({ a: { y: 2 } });
    expect(merged({ a: { x: 1 } }, null, undefined)).toEqual({ a: { x: 1 } });
  });

  it("a key that is called __proto__ is a key like any other", () => {
    const result = merged(JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"y":2}}'));
    expect(JSON.stringify(result)).toBe('{"__proto__":{"x":1,"y":2}}');
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it("merging in pairs makes the same as one after the other", () => {
    fc.assert(
      fc.property(shaped, shaped, shaped, (a, b, c) => {
        expect(merged(merged(a, b), c)).toEqual(merged(a, merged(b, c)));
        expect(merged(merged(a, b), c)).toEqual(merged(a, b, c));
      }),
    );
  });

  it("the same once more changes nothing, and what says nothing neither", () => {
    fc.assert(
      fc.property(shaped, shaped, (a, b) => {
        expect(merged(a, b, b)).toEqual(merged(a, b));
        expect(merged(a, {}, b)).toEqual(merged(a, b));
        expect(merged(a)).toEqual(a);
      }),
    );
  });

  it("layers about different things may come in any order", () => {
    fc.assert(
      fc.property(shaped, shaped, (a, b) => {
        const own = Object.fromEntries(Object.entries(b).filter(([key]) => !Object.hasOwn(a, key)));
        expect(sorted(merged(a, own))).toEqual(sorted(merged(own, a)));
      }),
    );
  });

  it("no document is changed by it", () => {
    fc.assert(
      fc.property(shaped, shaped, (a, b) => {
        const before = JSON.stringify([a, b]);
        merged(a, b);
        expect(JSON.stringify([a, b])).toBe(before);
      }),
    );
  });
});

describe("the order of layers", () => {
  it("is by kind, then as people say, then by id, however they come", () => {
    const kinds = ["organisation", "default", "required", "profile", "tag", "group", "site", "device"];
    expect([...layerKinds]).toEqual(kinds);
    const all: Pick<Layer, "kind" | "order" | "id">[] = layerKinds.flatMap((kind) => [
      { kind, order: 0, id: "a" },
      { kind, order: 0, id: "b" },
      { kind, order: 1, id: "a" },
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(inOrder(shuffled)).toEqual(all);
      }),
    );
  });
});
