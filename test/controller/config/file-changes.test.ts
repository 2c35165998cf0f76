import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileChanges, lineChanges } from "../../../controller/config/file-changes.ts";
import { configLimits } from "../../../controller/config/limits.ts";

const file = (path: string, text: string, mode = 0o600) => ({ path, text, mode });
const numbered = (many: number, mark: string): string =>
  Array.from({ length: many }, (_, i) => `${mark} ${i}\n`).join("");

/** What stands when the changes were made, and what they were made to. */
const side = (lines: readonly string[], sign: string): string[] =>
  lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(2));

describe("lines that go and come", () => {
  it("are those between what stays", () => {
    expect(lineChanges("a\nb\nc\nd\n", "a\nx\nc\ny\nd\n")).toEqual(["- b", "+ x", "+ y"]);
    expect(lineChanges("", "a\n")).toEqual(["+ a"]);
    expect(lineChanges("a\n", "a\n")).toEqual([]);
  });

  it("make the one of the other, whatever they are", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (a, b) => {
        const changes = lineChanges(a.map((line) => `${line}\n`).join(""), b.map((line) => `${line}\n`).join(""));
        const [gone, come] = [side(changes, "- "), side(changes, "+ ")];
        // What is left of each side is the same, and in the same order.
        const rest = (all: readonly string[], taken: readonly string[]): string[][] => without(all, taken);
        const [left, right] = [rest(a, gone).map(String), rest(b, come).map(String)];
        expect(left.some((one) => right.includes(one))).toBe(true);
      }),
    );
  });

  it("are told as a whole where working them out would take too long", () => {
    const many = Math.ceil(Math.sqrt(configLimits.comparedLines)) + 1;
    const same = "same\n";
    const [before, after] = [`a\n${same}${numbered(many, "x")}b\n`, `c\n${same}${numbered(many, "y")}d\n`];
    expect(lineChanges(before, after)).toHaveLength(2 * (many + 3));
    expect(lineChanges(`a\n${same}b\n`, `c\n${same}d\n`)).toHaveLength(4);
  });
});

/** What may be left of a list when these were taken out of it, in their order. */
function without(all: readonly string[], taken: readonly string[]): string[][] {
  const [first, ...rest] = all;
  if (first === undefined) return taken.length === 0 ? [[]] : [];
  const kept = without(rest, taken).map((one) => [first, ...one]);
  return first === taken[0] ? [...kept, ...without(rest, taken.slice(1))] : kept;
}

describe("files that change", () => {
  it("are those that are other than before, new, or gone", () => {
    const before = [file("/etc/a", "1\n"), file("/etc/b", "2\n"), file("/etc/c", "3\n"), file("/etc/m", "4\n")];
    const after = [file("/etc/b", "two\n"), file("/etc/c", "3\n"), file("/etc/d", "5\n"), file("/etc/m", "4\n", 0o644)];
    expect(fileChanges(before, after)).toEqual([
      { file: "/etc/a", lines: ["- 1"] },
      { file: "/etc/b", lines: ["- 2", "+ two"] },
      { file: "/etc/d", lines: ["+ 5"] },
      { file: "/etc/m", lines: ["- mode 0600", "+ mode 0644"] },
    ]);
    expect(fileChanges([], [file("/etc/empty", "")])).toEqual([{ file: "/etc/empty", lines: ["+ "] }]);
  });

  it("are told up to so many lines", () => {
    const [found] = fileChanges([], [file("/etc/a", numbered(configLimits.previewFileLines + 3, "x"))]);
    expect(found?.lines).toHaveLength(configLimits.previewFileLines + 1);
    expect(found?.lines.at(-1)).toBe("… and 3 more lines");
  });
});
