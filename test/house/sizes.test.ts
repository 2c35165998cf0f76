import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const top = fileURLToPath(new URL("../..", import.meta.url));
/** A file over 400 lines or a function over 90 fails unless its reason stands here; over 300 or 70 is listed. */
const exceptions: Record<string, string> = {};

const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.ts", "*.tsx", "*.mjs", "*.css"], {
  cwd: top,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file && !file.startsWith("test/house/breaches/"));

interface Size {
  name: string;
  lines: number;
}

function functionsOf(file: string, text: string): Size[] {
  const source = ts.createSourceFile(
    file,
    text,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const sizes: Size[] = [];
  const visit = (node: ts.Node, nested: number): number => {
    let inner = 0;
    ts.forEachChild(node, (child) => {
      inner += visit(child, nested + 1);
    });
    if (!ts.isFunctionLike(node) || !("body" in node) || !node.body) return inner;
    const from = source.getLineAndCharacterOfPosition(node.getStart()).line;
    const to = source.getLineAndCharacterOfPosition(node.getEnd()).line;
    const name = "name" in node && node.name ? (node.name as ts.Node).getText() : "(arrow)";
    // A create<Room> is a frame for the functions in it: their lines are theirs.
    sizes.push({ name: `${file}:${from + 1} ${name}`, lines: to - from + 1 - inner });
    return to - from + 1;
  };
  visit(source, 0);
  return sizes;
}

function listed(sizes: Size[], soft: number): void {
  for (const { name, lines } of sizes.filter((s) => s.lines > soft)) console.log(`long: ${name}, ${lines} lines`);
}

describe("sizes", () => {
  const texts = files.map((file) => ({ file, text: readFileSync(`${top}/${file}`, "utf8") }));

  it("no file over 400 lines", () => {
    const sizes = texts.map(({ file, text }) => ({ name: file, lines: text.split("\n").length - 1 }));
    listed(sizes, 300);
    expect(sizes.filter((s) => s.lines > 400 && !(s.name in exceptions))).toEqual([]);
    expect(sizes.length).toBeGreaterThan(100);
  });

  it("no function over 90 lines of its own", () => {
    const inTests = (name: string) => name.startsWith("test/");
    const sizes = texts
      .filter(({ file }) => !file.endsWith(".css"))
      .flatMap(({ file, text }) => functionsOf(file, text))
      .filter((s) => !inTests(s.name));
    listed(sizes, 70);
    expect(sizes.filter((s) => s.lines > 90 && !((s.name.split(" ")[0] ?? "") in exceptions))).toEqual([]);
  });

  it("sees a function that is too long", () => {
    const long = `function f() {\n${"  g();\n".repeat(90)}}`;
    expect(functionsOf("x.ts", long)[0]?.lines).toBe(92);
  });
});
