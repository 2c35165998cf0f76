import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readUci, UciError, type UciPackage, uciLimits, uciLines, uciText } from "../../firmware-configs/uci/index.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
/** Anything that a value may be: quotes, backslashes, line breaks and what looks like a line of UCI. */
const value = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1 }),
  fc.constantFrom("'", '"', "\\", "it's", "a\nconfig x 'y'\n\toption k 'v'", "# no comment", "'\\''", "a;b", "\t"),
);
const option = fc.tuple(name, fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 4 }))).map(([key, given]) => ({
  key,
  value: typeof given === "string" ? given : given.map((one) => ({ value: one, from: "" })),
  from: "",
}));
const section = fc
  .tuple(name, name, fc.uniqueArray(option, { selector: ({ key }) => key, maxLength: 5 }))
  .map(([type, named, options]) => ({ type, name: named, from: "", options }));
const packages: fc.Arbitrary<UciPackage[]> = fc.uniqueArray(
  fc.tuple(name, fc.array(section, { maxLength: 4 })).map(([named, sections]) => ({ name: named, sections })),
  { selector: (one) => one.name, maxLength: 3 },
);

const asRead = (all: UciPackage[]) =>
  all.map(({ name: of, sections }) => [
    of,
    sections.map(({ type, name: named, options }) => ({
      type,
      name: named,
      options: options.map(({ key, value: given }) => [
        key,
        typeof given === "string" ? given : given.map((i) => i.value),
      ]),
    })),
  ]);
const plain = (read: ReturnType<typeof readUci>) =>
  [...read].map(([of, sections]) => [of, sections.map((one) => ({ ...one, options: [...one.options] }))]);

describe("UCI", () => {
  it("reads back whatever it wrote", () => {
    fc.assert(
      fc.property(packages, (all) => {
        expect(plain(readUci(uciText(all)))).toEqual(asRead(all));
      }),
      {
        numRuns: 500,
      },
    );
  });

  it("never ends in anything but packages or an error with a line", () => {
    const words = fc.constantFrom("package", "config", "option", "list", "'", '"', "\\", "\n", " ", "a", "#", ";");
    fc.assert(
      fc.property(fc.array(words, { maxLength: 40 }), (text) => {
        try {
          readUci(text.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(UciError);
          expect((error as UciError).line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("reads comments, both quotes, escapes, unnamed sections and lists", () => {
    const text = `# a comment
package network

config interface lan # behind it
	option ipaddr "192.0.2.1"
	option note 'it'\\''s'" on"\\ top
	list dns 192.0.2.53
	list dns '192.0.2.54'
config rule
	option in 'lan'`;
    expect(plain(readUci(text))).toEqual([
      [
        "network",
        [
          {
            type: "interface",
            name: "lan",
            options: [
              ["ipaddr", "192.0.2.1"],
              ["note", "it's on top"],
              ["dns", ["192.0.2.53", "192.0.2.54"]],
            ],
          },
          { type: "rule", name: undefined, options: [["in", "lan"]] },
        ],
      ],
    ]);
  });

  it("reads a file of /etc/config, which doesn't name its package", () => {
    expect([...readUci("config led 'a'\n", "system").keys()]).toEqual(["system"]);
  });

  it.each([
    ["an option outside of a section", "package a\noption b 'c'", 'line 2: "option" outside of a section'],
    ["a section outside of a package", "\nconfig a 'b'", 'line 2: a "package" line comes first'],
    ["an open quote", "package a\nconfig b 'c\n\n", "line 2: the ' is not closed"],
    ["a word too many", "package a\nconfig b 'c'\n\toption d 'e' 'f'", "line 3: option <name> '<value>' expected"],
    ["something else", "hello", 'line 1: package, config, option or list expected, "hello" found'],
  ])("names the line of %s", (_, text, message) => {
    expect(() => readUci(text)).toThrow(message);
  });

  it("is bounded", () => {
    expect(() => readUci(" ".repeat(uciLimits.textBytes + 1))).toThrow(`over ${uciLimits.textBytes} letters`);
    const many = `package a\n${"config b\n".repeat(uciLimits.sections + 1)}`;
    expect(() => readUci(many)).toThrow(`over ${uciLimits.sections} sections`);
    expect(() => readUci(`package ${"a".repeat(uciLimits.valueChars + 1)}`)).toThrow("a value over");
  });

  it("says of each line where it comes from", () => {
    const lines = uciLines([
      {
        name: "p",
        sections: [
          {
            type: "t",
            name: "n",
            from: "x.0",
            options: [
              { key: "a", value: "1", from: "x.0.a" },
              { key: "b", value: [{ value: "2", from: "x.0.b.0" }], from: "x.0.b" },
            ],
          },
        ],
      },
    ]);
    expect(lines.map(({ text, from }) => [text, from])).toEqual([
      ["package p", ""],
      ["", ""],
      ["config t 'n'", "x.0"],
      ["\toption a '1'", "x.0.a"],
      ["\tlist b '2'", "x.0.b.0"],
    ]);
  });
});
