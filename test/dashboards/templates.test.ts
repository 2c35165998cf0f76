import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodies } from "../../controller/config/index.ts";
import { type Place, placeAt, suggestions } from "../../dashboards/web/src/schema-words.ts";
import {
  fieldFaults,
  idOfName,
  lineFaults,
  newTemplate,
  readTemplate,
  templateDraftOf,
} from "../../dashboards/web/src/template-draft.ts";
import { layerWord, reach, reachSentence } from "../../dashboards/web/src/template-words.ts";
import { readYaml, yamlText } from "../../dashboards/web/src/yaml-text.ts";
import { documentSchema } from "../../firmware-configs/index.ts";

const template = bodies.template;

describe("a template as it is typed", () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/);
  const document = fc.dictionary(
    key,
    fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom("{{ ssid }}", "yes", "0x10", "1e3", "# no", "a: b", "null"),
    ),
    { noNullPrototype: true },
  );
  const applies = fc.oneof(
    fc.constant({ to: "all" as const }),
    fc.constant({ to: "all" as const, required: true }),
    fc.record({ to: fc.constant("tag" as const), tags: fc.uniqueArray(key, { minLength: 1 }) }),
    fc.record({ to: fc.constant("profile" as const), profiles: fc.uniqueArray(key, { minLength: 1 }) }),
  );

  it("is the same after it was in the form", () => {
    fc.assert(
      fc.property(document, applies, fc.integer({ min: -1000, max: 1000 }), (said, whose, order) => {
        const variables = { ssid: { type: "string" as const, value: "Demo" } };
        const body = template.parse({ name: "Demo", applies: whose, order, document: said, variables });
        const read = readTemplate(templateDraftOf({ body }));
        expect(read.faults).toEqual([]);
        const back = template.parse(read.body);
        // YAML knows no minus zero.
        expect(JSON.stringify(back)).toEqual(JSON.stringify(body));
      }),
    );
  });

  it("begins as one that would do", () => {
    expect(template.safeParse(readTemplate({ ...newTemplate, name: "Demo" }).body).success).toBe(true);
  });

  it("keeps a secret that is told by whether it is set", () => {
    const variables = { key: { type: "secret", secret: true, set: true } };
    const body = { name: "Demo", applies: { to: "all" }, order: 0, document: {}, variables };
    expect(readTemplate(templateDraftOf({ body })).body?.variables).toEqual(variables);
  });

  it.each([
    ["document:\n  a: [1,\n", 3],
    ["document:\n  a: 1\n  a: 2\n", 3],
    ["- a\n", 1],
    ["document: {}\nradios: []\n", 2],
  ])("says on which line %j is wrong", (text, line) => {
    const { body, faults } = readTemplate({ ...newTemplate, text });
    expect(body).toBeNull();
    expect(faults[0]?.line).toBe(line);
  });

  it("gives up on references that multiply", () => {
    const bomb = `a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [${"*a,".repeat(20)}]\nc: [${"*b,".repeat(20)}]\n`;
    expect(readYaml(bomb)).toHaveProperty("faults");
  });

  it("finds the line of a problem, by number, by name, with dots in it", () => {
    const text = yamlText({
      document: {
        interfaces: [
          { name: "br-lan.1", mtu: 1 },
          { name: "wlan0", wireless: { ssid: "Demo" } },
        ],
        radios: [{ name: "radio0", channel: 36 }],
      },
    });
    const read = readTemplate({ ...newTemplate, text });
    const lineWith = (word: string) => text.split("\n").findIndex((line) => line.includes(word)) + 1;
    const at = (path: string) => lineFaults([{ path, message: "no" }], read)[0]?.line;
    expect(at("items.0.body.document.radios.0.channel")).toBe(lineWith("channel"));
    expect(at("document.radios.radio0.channel")).toBe(lineWith("channel"));
    expect(at("interfaces.br-lan.1.mtu")).toBe(lineWith("mtu"));
    expect(at("interfaces.wlan0.wireless.ssid")).toBe(lineWith("ssid"));
    expect(at("interfaces.wlan0.wireless.encryption")).toBe(lineWith("wireless"));
    expect(lineFaults([{ path: "items.0.body.name", message: "no" }], read)).toEqual([]);
    expect(fieldFaults([{ path: "items.0.body.applies.tags", message: "no" }])).toEqual(["For whom: no"]);
  });

  it("makes an id of a name", () => {
    expect(idOfName("  Café & Guest network (new)! ")).toBe("cafe-guest-network-new");
    fc.assert(fc.property(fc.string(), (name) => /^$|^[a-z0-9][a-z0-9-]{0,63}$/.test(idOfName(name))));
  });
});

describe("whose a template is", () => {
  const devices = [
    { profile: "ubnt-unifi-6-lite", tags: ["riverside"] },
    { profile: null, tags: ["market", "riverside"] },
  ];
  it("counts who has the model or a tag", () => {
    expect(reach({ to: "all" }, devices)).toBe(2);
    expect(reach({ to: "tag", tags: ["market"] }, devices)).toBe(1);
    expect(reach({ to: "profile", profiles: ["ubnt-unifi-6-lite", ""] }, devices)).toBe(1);
    expect(reachSentence({ to: "tag", tags: ["pier"] }, devices)).toBe("by tag pier: no device");
    expect(reachSentence({ to: "all", required: true }, devices)).toBe("for all, always: 2 devices");
  });
  it("names layers", () => {
    expect(layerWord({ kind: "device", id: "", name: "" })).toBe("the device itself");
    expect(layerWord({ kind: "tag", id: "calm", name: "Calm" })).toBe("the template Calm");
    expect(layerWord({ kind: "site", id: "grays", name: "Grays" })).toBe("the site Grays");
  });
});

describe("what may be written where", () => {
  it.each<[string, Place]>([
    ["", { path: [], key: null, typed: "" }],
    ["doc", { path: [], key: null, typed: "doc" }],
    ["document:\n  agent:\n    int", { path: ["document", "agent"], key: null, typed: "int" }],
    ["document:\n  agent:\n    intervalMs: 1\n  ra", { path: ["document"], key: null, typed: "ra" }],
    [
      "document:\n  radios:\n    - name: radio0\n      ch",
      { path: ["document", "radios", "[]"], key: null, typed: "ch" },
    ],
    ["document:\n  radios:\n  - name: a\n    ch", { path: ["document", "radios", "[]"], key: null, typed: "ch" }],
    ["document:\n  radios:\n  - na", { path: ["document", "radios", "[]"], key: null, typed: "na" }],
    ["document:\n  radios:\n  - name: a\n  - na", { path: ["document", "radios", "[]"], key: null, typed: "na" }],
    [
      "document:\n  interfaces:\n    - name: a\n      wireless:\n        # why\n\n        mode: acc",
      { path: ["document", "interfaces", "[]", "wireless"], key: "mode", typed: "acc" },
    ],
  ])("knows where the end of %j is", (text, place) => {
    expect(placeAt(text)).toEqual(place);
  });

  it("suggests keys and values of the schema of documents", () => {
    const schema = documentSchema() as Record<string, unknown>;
    const labels = (path: string[], key: string | null = null) =>
      suggestions(schema, { path, key }).map(({ label }) => label);
    expect(labels([])).toEqual(expect.arrayContaining(["agent", "radios", "interfaces"]));
    expect(labels(["agent"])).toContain("intervalMs");
    expect(labels(["radios", "[]"])).toEqual(expect.arrayContaining(["name", "channel"]));
    expect(labels(["radios", "[]"], "disabled")).toEqual(["true", "false"]);
    expect(labels(["nothing", "such"])).toEqual([]);
  });

  it("answers whatever is typed", () => {
    const line = fc.stringMatching(/^ {0,6}(- ){0,2}[a-z]{0,4}:? ?[a-z#"]{0,4}$/);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = lines.join("\n");
        const { typed } = placeAt(text);
        expect(text.endsWith(typed)).toBe(true);
      }),
    );
  });
});
