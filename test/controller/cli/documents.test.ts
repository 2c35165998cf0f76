import { describe, expect, it } from "vitest";
import { checkDocument, importDocument, printSchema, renderDocument } from "../../../controller/cli/documents.ts";

function io(files: Record<string, string>) {
  const told = { out: "", error: "" };
  return {
    told,
    read(file: string) {
      const text = files[file];
      if (text === undefined) throw new Error(`ENOENT: ${file}`);
      return text;
    },
    out: (text: string) => {
      told.out += text;
    },
    error: (text: string) => {
      told.error += text;
    },
  };
}

const good = { general: { hostname: "grays-1" } };
const text = "package system\n\nconfig system 'system'\n\toption hostname 'grays-1'\n";
const bad = { radios: [{ name: "radio0", protocol: "802.11ac", channel: 3, channel_width: 80 }] };

describe("lamplighter config render", () => {
  it("prints what the device reads and nothing else", () => {
    const a = io({ "a.json": JSON.stringify(good), "-": "general:\n  hostname: grays-1\n" });
    expect(renderDocument("a.json", { format: "uci" }, a)).toBe(0);
    expect(a.told).toEqual({ out: text, error: "" });
    const b = io({ "-": "general:\n  hostname: grays-1\n" });
    expect(renderDocument("-", { format: "uci" }, b)).toBe(0);
    expect(b.told).toEqual({ out: text, error: "" });
  });

  it("says where each line comes from", () => {
    const a = io({ a: JSON.stringify(good) });
    renderDocument("a", { format: "uci", explain: true }, a);
    expect(a.told.out).toContain("\toption hostname 'grays-1'  # general.hostname\n");
    const b = io({ a: JSON.stringify(good) });
    renderDocument("a", { format: "uci", json: true }, b);
    const { lines, ...rest } = JSON.parse(b.told.out);
    expect(rest).toEqual({ format: "uci", text });
    expect(lines[3]).toEqual({ text: "\toption hostname 'grays-1'", from: "general.hostname" });
  });

  it("refuses with path and reason, and prints nothing of it", () => {
    const a = io({ a: JSON.stringify(bad) });
    expect(renderDocument("a", { format: "uci" }, a)).toBe(2);
    expect(a.told).toEqual({ out: "", error: "lamplighter: radios.0.channel: 802.11ac has no channel 3\n" });
    const b = io({ a: JSON.stringify(bad) });
    expect(renderDocument("a", { format: "uci", json: true }, b)).toBe(2);
    expect(JSON.parse(b.told.out).problems).toEqual([
      { path: "radios.0.channel", message: "802.11ac has no channel 3" },
    ]);
  });

  it("leaves out what nobody reads, and says so", () => {
    const a = io({ a: JSON.stringify({ ...good, antennas: { up: 1 } }) });
    expect(renderDocument("a", { format: "uci" }, a)).toBe(0);
    expect(a.told).toEqual({ out: text, error: "lamplighter: antennas: there is no such setting, left out\n" });
  });

  it.each([
    ["nothing there", {}, "ENOENT"],
    ["no JSON", { a: "{" }, "JSON"],
    ["too long", { a: `"${"a".repeat(1024 * 1024)}"` }, "at most 1048576 are read"],
  ])("fails on %s", (_, files, message) => {
    const a = io(files as Record<string, string>);
    expect(renderDocument("a", { format: "uci" }, a)).toBe(1);
    expect(a.told.out).toBe("");
    expect(a.told.error).toContain(message);
  });

  it("names a format that it doesn't know", () => {
    const a = io({ a: JSON.stringify(good) });
    expect(renderDocument("a", { format: "xml" }, a)).toBe(1);
    expect(a.told.error).toContain('"xml" found');
  });
});

describe("lamplighter config check", () => {
  it("finds nothing, or what is wrong and where", () => {
    expect(checkDocument("a", {}, io({ a: JSON.stringify(good) }))).toBe(0);
    const a = io({ a: JSON.stringify(bad) });
    expect(checkDocument("a", {}, a)).toBe(2);
    expect(a.told.error).toContain("radios.0.channel");
    const b = io({ a: JSON.stringify({ antennas: 1 }) });
    expect(checkDocument("a", { json: true }, b)).toBe(2);
    expect(JSON.parse(b.told.out)).toEqual({ problems: [{ path: "antennas", message: "there is no such setting" }] });
  });
});

describe("lamplighter config import", () => {
  it("makes a document", () => {
    const a = io({ a: text });
    expect(importDocument("a", {}, a)).toBe(0);
    expect(JSON.parse(a.told.out)).toEqual(good);
    expect(a.told.error).toBe("");
  });

  it("refuses what is no UCI, with the line", () => {
    const a = io({ a: "package a\nhello" });
    expect(importDocument("a", {}, a)).toBe(2);
    expect(a.told.error).toBe('lamplighter: line 2: package, config, option or list expected, "hello" found\n');
  });

  it("says what has to be put right", () => {
    const a = io({ a: "package wireless\nconfig wifi-device 'radio0'\n\toption channel '300'\n\toption band '2g'" });
    expect(importDocument("a", {}, a)).toBe(0);
    expect(a.told.error).toContain("radios.0.channel");
  });
});

it("lamplighter config schema is a JSON Schema with descriptions", () => {
  const a = io({});
  expect(printSchema(a)).toBe(0);
  const schema = JSON.parse(a.told.out);
  expect(schema.$schema).toContain("json-schema.org");
  expect(schema.properties.general.properties.timezone).toMatchObject({ description: "time zone", default: "UTC" });
});
