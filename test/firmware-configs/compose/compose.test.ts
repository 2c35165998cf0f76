import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { problemsIn } from "#wire";
import { createText } from "../../../controller/config/text.ts";
import {
  compose,
  concealed,
  type Facts,
  filledTextsMost,
  inOrder,
  type Layer,
  type LayerKind,
  layerKinds,
  originsAt,
  stack,
  variableLimits,
  variables,
} from "../../../firmware-configs/index.ts";

const layer = (kind: LayerKind, document: unknown, vars: Layer["variables"] = {}): Layer => ({
  ...{ kind, id: kind, name: kind === "organisation" ? "" : `The ${kind}`, order: 0 },
  ...{ document, variables: vars },
});
const facts: Facts = { device: { id: "ap-1", name: "Lamp 1" }, site: { id: "site-1", name: "Library" } };
const composed = (layers: Layer[], about: Facts = facts) =>
  compose({ layers, facts: about, text: createText(), conceal: (path) => `hidden ${path}` });
const text = (value: string): Layer["variables"][string] => ({ type: "string", value });

describe("composing a document", () => {
  it("says of each value who put it there and what it overrode", () => {
    const { document, origins } = composed([
      layer("organisation", { radio: { country: "GB", channel: 1 } }),
      layer("tag", { radio: { channel: 6 }, interfaces: [{ name: "lan", mtu: 1500 }] }),
      layer("device", { radio: { channel: 11 }, interfaces: [{ name: "lan", mtu: 1400 }] }),
    ]);
    expect(document).toEqual({ radio: { country: "GB", channel: 11 }, interfaces: [{ name: "lan", mtu: 1400 }] });
    const of = (path: string) => origins.find((one) => one.path === path);
    expect(of("radio.country")).toMatchObject({ by: { kind: "organisation" }, over: [] });
    expect(of("radio.channel")).toMatchObject({
      ...{ value: 11, by: { kind: "device" } },
      over: [
        { by: { kind: "organisation" }, value: 1 },
        { by: { kind: "tag" }, value: 6 },
      ],
    });
    expect(of("interfaces.lan.mtu")).toMatchObject({ by: { kind: "device" }, over: [{ value: 1500 }] });
    expect(originsAt(origins, "radio").map((one) => one.path)).toEqual(["radio.country", "radio.channel"]);
  });

  it("has one origin for every value, and the strongest layer that says it", () => {
    const part = fc.dictionary(
      fc.constantFrom("a", "b", "c"),
      fc.record({ x: fc.nat(), y: fc.nat() }, { requiredKeys: [] }),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 8, maxLength: 8 }), (parts) => {
        const layers = layerKinds.map((kind, i) => layer(kind, parts[i]));
        const { document, origins } = composed(layers);
        for (const { path, value, by, over } of origins) {
          const [key = "", inner] = path.split(".");
          const said = layers.filter((one) => {
            const own = (one.document as Record<string, Record<string, number>>)[key];
            return inner === undefined ? own !== undefined : own?.[inner] !== undefined;
          });
          if (inner === undefined) continue;
          expect((document as Record<string, Record<string, number>>)[key]?.[inner]).toBe(value);
          expect(by.kind).toBe(said.at(-1)?.kind);
          expect(over.map((one) => one.by.kind)).toEqual(said.slice(0, -1).map((one) => one.kind));
        }
        const leaves = Object.values(document as object).flatMap((one) => Math.max(1, Object.keys(one).length));
        expect(origins).toHaveLength(leaves.reduce((sum, n) => sum + n, 0));
      }),
    );
  });

  it("makes the same of layers that were merged before", () => {
    const layers = [
      layer("organisation", { a: { x: 1 } }, { n: { type: "number", value: 1 } }),
      layer("group", { a: { x: "{{ n }}", y: 2 } }),
      layer("device", { a: { y: 3 } }),
    ];
    const below = { tree: stack(layers.slice(0, 2)), layers: 2 };
    const again = compose({ layers, facts, text: createText(), conceal: () => null, below });
    expect(again).toEqual(composed(layers));
  });
});

describe("variables", () => {
  it("the strongest layer's value holds, and each value says where it comes from", () => {
    const { document, origins } = composed([
      layer("organisation", { ssid: "{{ ssid }}" }, { ssid: text("Free Wi-Fi") }),
      layer("group", {}, { ssid: text("Library Wi-Fi") }),
      layer("site", {}, { ssid: { type: "string" } }),
    ]);
    expect(document).toEqual({ ssid: "Library Wi-Fi" });
    expect(origins[0]).toMatchObject({
      ...{ path: "ssid", by: { kind: "organisation" } },
      variables: [{ name: "ssid", by: { kind: "group" } }],
    });
  });

  it.each([
    ["number", 5],
    ["boolean", false],
    ["string", "on"],
    ["secret", "hunter2"],
  ] as const)("a text that is exactly one gives its typed value: %s", (type, value) => {
    const vars = { v: { type, value } as Layer["variables"][string] };
    const { document } = composed([layer("site", { a: "{{ v }}", b: "{{v}}", c: "x{{ v }}" }, vars)]);
    expect(document).toEqual({ a: value, b: value, c: `x${value}` });
  });

  it("knows device and site", () => {
    const { document } = composed([layer("organisation", { hostname: "{{ site.name | downcase }}-{{ device.id }}" })]);
    expect(document).toEqual({ hostname: "library-ap-1" });
  });

  it("only text values are filled, also in lists", () => {
    const document = { "{{ k }}": 1, list: ["{{ v }}", { deep: "{{ v }}" }] };
    const made = composed([layer("site", document, { v: text("x") })]);
    expect(made.document).toEqual({ "{{ k }}": 1, list: ["x", { deep: "x" }] });
  });

  it("names of things are filled, too, and paths use them", () => {
    const { origins } = composed([layer("site", { ssids: [{ name: "{{ v }}", on: true }] }, { v: text("guest") })]);
    expect(origins.map((one) => one.path)).toEqual(["ssids.guest.name", "ssids.guest.on"]);
  });

  it.each([
    ["unknown", "{{ nope }}", /there is no variable "nope"/],
    ["unknown in a text", "a {{ nope }}", /there is no variable "nope"/],
    ["without a value", "{{ unset }}", /"unset" has no value \(it is declared in the organisation\)/],
    ["without a value in a text", "a {{ unset }}", /"unset" has no value/],
    ["at no site", "{{ site.name }}", /it is at no site|no variable "site/],
    ["at no site, in a text", "a {{ site.name }}", /no variable "site/],
    ["nothing that the registry says", "{{ device.serial }}", /there is no "device.serial"/],
    ["an unknown filter", "{{ v | nope }}", /undefined filter: nope/],
    ["a filter that draws lots", "{{ v | sample }}", /undefined filter: sample/],
    ["a filter that reads the clock", "{{ 'now' | date: '%s' }}", /undefined filter: date/],
    ["a file", "{% include 'x' %}", /tag "include" not found/],
    ["a file that is rendered", "{% render '/etc/passwd' %}", /tag "render" not found/],
    ["inherited things", "a{{ v.constructor }}", /there is no variable "v.constructor"/],
    ["half a tag", "{{ v", /not closed/],
  ])("%s: refused with the path", (_, wrong, message) => {
    const layers = [layer("organisation", { a: { b: wrong } }, { v: text("x"), unset: { type: "string" } })];
    const { problems } = composed(layers, { ...facts, site: null });
    expect(problems).toEqual([{ path: "a.b", message: expect.stringMatching(message) }]);
  });

  it("a variable that is a number here and a text there is told", () => {
    const { problems } = composed([
      layer("organisation", {}, { n: { type: "number", value: 1 } }),
      layer("device", {}, { n: text("1") }),
    ]);
    expect(problems).toEqual([
      { path: "variables.n", message: 'a string in the device "The device", but a number in the organisation' },
    ]);
  });

  it("its schema says by path what will not do", () => {
    expect(problemsIn(variables, { Up: { type: "string" } })[0]?.path).toBe("Up");
    expect(problemsIn(variables, { device: { type: "string" } })[0]?.message).toMatch(/means something else/);
    expect(problemsIn(variables, { empty: { type: "string" } })[0]?.path).toBe("empty");
    expect(problemsIn(variables, { a: { type: "number", value: "1" } })[0]?.path).toBe("a.value");
    expect(problemsIn(variables, { a: { type: "date" } })[0]?.message).toMatch(/string, number, boolean, secret/);
    const long = { type: "string", value: "x".repeat(variableLimits.valueChars + 1) };
    expect(problemsIn(variables, { a: long })[0]?.message).toMatch(/at most 4096/);
    const many = Object.fromEntries(Array.from({ length: variableLimits.ofLayer + 1 }, (_, i) => [`v${i}`, text("")]));
    expect(problemsIn(variables, many)[0]?.message).toMatch(/at most 200/);
  });

  it("a document has a bounded number of texts with variables", () => {
    const list = Array.from({ length: filledTextsMost + 1 }, () => "{{ v }}");
    const { problems } = composed([layer("site", { list }, { v: text("x") })]);
    expect(problems[0]?.message).toMatch(/more than 1000 texts/);
  });
});

describe("secrets", () => {
  const psk: Layer["variables"] = { psk: { type: "secret", value: "hunter2-hunter2" } };

  it("are in the document and in nothing that is shown", () => {
    const made = composed([
      layer("organisation", { wifi: { key: "{{ psk }}", note: "key: {{ psk }}", open: "plain" } }, psk),
      layer("site", {}, { psk: { type: "secret", value: "another-secret" } }),
      layer("device", { wifi: { open: "{% if psk == 'x' %}a{% else %}b{% endif %}" } }),
    ]);
    expect(made.document).toEqual({ wifi: { key: "another-secret", note: "key: another-secret", open: "b" } });
    const shown = concealed(made.document, made.secrets, (path) => `hidden ${path}`);
    expect(shown).toEqual({
      wifi: { key: "hidden wifi.key", note: "hidden wifi.note", open: "hidden wifi.open" },
    });
    expect(JSON.stringify([shown, made.origins, made.problems])).not.toMatch(/another-secret|hunter2/);
  });

  it("stay hidden in a list whose things lose their names", () => {
    const ssids = [
      { name: "{{ a }}", key: "{{ psk }}" },
      { name: "{{ b }}", key: "open" },
    ];
    const made = composed([layer("site", { ssids }, { ...psk, a: text("same"), b: text("same") })]);
    expect(concealed(made.document, made.secrets, () => "hidden")).toEqual({ ssids: "hidden" });
  });

  it("are not in what is said to be wrong", () => {
    const { problems } = composed([layer("organisation", { a: "{{ psk | divided_by: 0 }} {{ psk | nope }}" }, psk)]);
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });
});

describe("what the layers come in", () => {
  it("makes no difference once they are in order", () => {
    const layers = layerKinds.map((kind, i) => layer(kind, { [kind]: i, all: kind }, { v: text(kind) }));
    const expected = composed(layers);
    fc.assert(
      fc.property(fc.shuffledSubarray(layers, { minLength: layers.length }), (shuffled) => {
        expect(composed(inOrder(shuffled))).toEqual(expected);
      }),
    );
  });
});
