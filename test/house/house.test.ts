import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const top = fileURLToPath(new URL("../..", import.meta.url));
const biome = join(top, "node_modules/@biomejs/biome/bin/biome");

/** What biome says, by our own configuration, of a tree with these files. */
function lint(files: Record<string, string>): string {
  const tree = mkdtempSync(join(tmpdir(), "lamplighter-house-"));
  try {
    const configuration = JSON.parse(readFileSync(join(top, "biome.json"), "utf8")) as object;
    const planted = { ...configuration, $schema: undefined, vcs: { enabled: false } };
    const all = {
      ...files,
      "biome.json": JSON.stringify(planted),
      "test/house/clock.grit": readFileSync(join(top, "test/house/clock.grit"), "utf8"),
    };
    for (const [file, text] of Object.entries(all)) {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), text);
    }
    const done = spawnSync(process.execPath, [biome, "lint", "--max-diagnostics=200", "."], {
      cwd: tree,
      encoding: "utf8",
    });
    return `${done.stdout}${done.stderr}`;
  } finally {
    rmSync(tree, { recursive: true });
  }
}

describe("the house", () => {
  it("every collector tells what it measures and how it is set", () => {
    const folder = join(top, "edge-agent/collectors");
    const collectors = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(collectors.map((c) => c.name).sort()).toEqual([
      "environment",
      "interface",
      "probe",
      "radio",
      "system",
      "topology",
    ]);
    for (const { name } of collectors) {
      for (const file of ["README.md", "sample.json", "index.ts"])
        expect(existsSync(join(folder, name, file)), `${name}/${file}`).toBe(true);
    }
  });

  it("the agent is one file of at most 300 kB", () => {
    expect(statSync(join(top, "dist/agent.cjs")).size).toBeLessThanOrEqual(300_000);
  });

  const uses = [
    "Date.now()",
    "new Date()",
    "performance.now()",
    "Math.random()",
    "setTimeout(() => {}, 1)",
    "setInterval(() => {}, 1)",
    "AbortSignal.timeout(1)",
  ];
  it("time and chance stay in their rooms", () => {
    const text = uses.map((use, i) => `export const a${i} = ${use};`).join("\n");
    const rooms = ["controller/base/clock.ts", "edge-agent/host/linux/time.ts"];
    const breaches = ["controller/alert/breach.ts", "edge-agent/link/breach.ts", "dashboards/web/src/breach.ts"];
    const said = lint({
      ...Object.fromEntries([...rooms, ...breaches].map((file) => [file, text])),
      "controller/alert/timers.ts": 'import { setTimeout } from "node:timers/promises";\nexport { setTimeout };\n',
    });
    for (const file of breaches)
      for (const [i, use] of uses.entries()) expect(said, use).toContain(`${file}:${i + 1}:`);
    for (const file of rooms) expect(said).not.toContain(file);
    expect(said).toMatch(/controller\/alert\/timers.ts.*noRestrictedImports/);
  });

  it("a promise that nobody waits for is an error", () => {
    const text = "async function later(): Promise<void> {}\nexport function f(): void {\n  later();\n}\n";
    expect(lint({ "controller/alert/breach.ts": text })).toMatch(/breach.ts:3:.*noFloatingPromises/);
  });
});
