import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { describe, expect, it } from "vitest";
import { rules } from "./rules.ts";

const top = fileURLToPath(new URL("../..", import.meta.url));
const breaches = fileURLToPath(new URL("./breaches", import.meta.url));

async function look(baseDir: string, folders: string[]): Promise<ICruiseResult> {
  const tsConfig = extractConfig(`${top}/tsconfig.json`);
  const done = await cruise(
    folders,
    {
      baseDir,
      ruleSet: { forbidden: rules },
      validate: true,
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
      exclude: { path: "^test/house/breaches" },
      enhancedResolveOptions: {
        extensions: [".ts", ".tsx", ".js", ".json"],
        conditionNames: ["import", "types", "default"],
      },
    },
    undefined,
    { tsConfig },
  );
  return done.output as ICruiseResult;
}

describe("import directions", () => {
  it("hold in the whole tree, and the tree was really looked at", async () => {
    const { summary } = await look(top, [
      "lamplighter.ts",
      "edge-agent",
      "controller",
      "dashboards",
      "firmware-configs",
    ]);
    const told = summary.violations.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`);
    expect(told).toEqual([]);
    expect(summary.totalCruised).toBeGreaterThan(120);
  });

  it("each rule fires on its planted breach", async () => {
    const { summary } = await look(breaches, ["edge-agent", "controller", "dashboards", "firmware-configs"]);
    const fired = new Set(summary.violations.map((v) => v.rule.name));
    expect(rules.map((r) => r.name).filter((name) => !fired.has(name as string))).toEqual([]);
  });
});
