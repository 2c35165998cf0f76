import { describe, expect, it } from "vitest";
import { documentLimits as limits, renderProblems } from "../../firmware-configs/index.ts";

const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });
const file = (contents: string) => ({ files: [{ path: "/etc/banner", mode: "0644", contents }] });
const list = (count: number, make: (i: number) => unknown) => Array.from({ length: count }, (_, i) => make(i));
const keys = (count: number) => Object.fromEntries(list(count, (i) => [`k${i}`, 1]) as [string, number][]);
const address = (i: number) => ({ proto: "static", family: "ipv4", address: `10.0.0.${i + 1}`, mask: 24 });
const radio = (i: number) => ({ name: `radio${i}`, protocol: "802.11n", channel: 6, channel_width: 20 });

describe("bounds of a document", () => {
  it.each<[string, object, object, string]>([
    ["depth", { x: nested(limits.depth - 1) }, { x: nested(limits.depth) }, "nested more than 16 deep"],
    ["keys", { general: keys(limits.keys) }, { general: keys(limits.keys + 1) }, "at most 256 entries"],
    ["items", { x: list(limits.items, () => 1) }, { x: list(limits.items + 1, () => 1) }, "at most 256 entries"],
    ["text", { x: "a".repeat(limits.valueChars) }, { x: "a".repeat(limits.valueChars + 1) }, "at most 4096 letters"],
    ["files", file("a".repeat(limits.fileChars)), file("a".repeat(limits.fileChars + 1)), "at most 65536 letters"],
    ["key", { ["k".repeat(limits.keyChars)]: 1 }, { ["k".repeat(limits.keyChars + 1)]: 1 }, "can't be a key"],
    [
      "interfaces",
      { interfaces: list(limits.interfaces, (i) => ({ name: `eth${i}`, type: "ethernet" })) },
      { interfaces: list(limits.interfaces + 1, (i) => ({ name: `eth${i}`, type: "ethernet" })) },
      "at most 64",
    ],
    [
      "addresses",
      { interfaces: [{ name: "eth0", type: "ethernet", addresses: list(limits.addresses, address) }] },
      { interfaces: [{ name: "eth0", type: "ethernet", addresses: list(limits.addresses + 1, address) }] },
      "at most 32",
    ],
    ["radios", { radios: list(limits.radios, radio) }, { radios: list(limits.radios + 1, radio) }, "at most 8"],
  ])("%s", (_, most, over, message) => {
    expect(renderProblems(most)).toEqual([]);
    expect(renderProblems(over)[0]?.message).toContain(message);
  });

  it.each([
    ["a control character", { general: { hostname: "a\u0000b" } }, "general.hostname"],
    ["a key that would break a line", { general: { "a\nb": "c" } }, "general"],
  ])("refuse %s", (_, document, path) => {
    expect(renderProblems(document).map((one) => one.path)).toEqual([path]);
  });
});
