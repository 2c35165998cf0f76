import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readOpenWrt, renderOpenWrt, renderProblems, uciText } from "../../firmware-configs/index.ts";

// Pairs made by others stand beside the repository, where they can be had; they are not part of it.
const top = fileURLToPath(new URL("../..", import.meta.url));
const folder = [process.env["NETJSON_PAIRS"], join(top, "../shared/netjson"), join(top, "../../shared/netjson")].find(
  (one): one is string => one !== undefined && existsSync(one),
);
if (folder === undefined) console.warn("skipped: no pairs in NETJSON_PAIRS or ../shared/netjson");

interface Pair {
  name: string;
  netjson: object;
  uci?: string;
  error?: string;
  path?: string[];
  context?: Record<string, string>;
}
const cases = (suffix: RegExp): [string, Pair][] =>
  folder === undefined
    ? []
    : readdirSync(folder)
        .filter((file) => file.startsWith("openwrt.") && suffix.test(file))
        .flatMap((file) =>
          (JSON.parse(readFileSync(join(folder, file), "utf8")) as Pair[]).map((pair): [string, Pair] => [
            `${file}: ${pair.name}`,
            pair,
          ]),
        );

/** Variables are filled in before a document is rendered. */
const filled = ({ netjson, context = {} }: Pair): Record<string, unknown> =>
  JSON.parse(JSON.stringify(netjson).replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name) => context[name] ?? whole));

describe.skipIf(folder === undefined)("pairs of NetJSON and UCI", () => {
  it.each(cases(/^openwrt\.\w+\.json$/))("%s renders", (_, pair) => {
    const document = filled(pair);
    expect(renderProblems(document)).toEqual([]);
    expect(uciText(renderOpenWrt(document).packages)).toBe(pair.uci);
  });

  it.each(cases(/\.parse\.json$/))("%s is read back", (_, { netjson, uci = "" }) => {
    const { document, problems } = readOpenWrt(uci);
    expect(problems).toEqual([]);
    expect(document).toEqual(netjson);
  });

  it.each(cases(/^openwrt\.\w+\.json$/))("%s comes back from what it rendered to", (_, pair) => {
    const text = uciText(renderOpenWrt(filled(pair)).packages);
    const { document, problems } = readOpenWrt(text);
    expect([...problems, ...renderProblems(document)]).toEqual([]);
    expect(uciText(renderOpenWrt(document).packages)).toBe(text);
  });

  // Three of them hold what the document was made right with; what was wrong stands in the error only.
  const fixed = ["test_maclist_format", "test_mac_address_format", "test_render_igmp_bridge#2"];
  const meant = ({ netjson, error = "" }: Pair): object => {
    const text = error.slice(0, error.indexOf(" is not valid")).replaceAll("'", '"').replaceAll("True", "true");
    return { ...netjson, interfaces: [JSON.parse(text)] };
  };
  it.each(cases(/\.invalid\.json$/))("%s is refused", (_, pair) => {
    const { path = [] } = pair;
    const problems = renderProblems(fixed.includes(pair.name) ? meant(pair) : pair.netjson);
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(problem.path.split(".").slice(0, path.length)).toEqual(path);
  });
});
