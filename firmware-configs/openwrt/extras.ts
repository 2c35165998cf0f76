import { isKnownSection } from "../sections.ts";
import { type Block, drop, optionsOf, uciName } from "../uci/index.ts";
import { named } from "./blocks.ts";
import type { Output } from "./output.ts";

/** Whether this is a package of UCI in the words of UCI: a list of blocks that name their type. */
export const isExtra = (value: unknown): value is Block[] =>
  Array.isArray(value) && value.every((one) => isBlock(one) && named(one["config_name"]) !== "");
const isBlock = (value: unknown): value is Block =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What this product knows nothing of goes as it is, package by package in the order of their names. */
export function renderExtras(document: Block, output: Output): void {
  for (const packageName of Object.keys(document).sort()) {
    const blocks = document[packageName];
    if (isKnownSection(packageName) || !isExtra(blocks)) continue;
    for (const [i, block] of blocks.entries()) {
      const path = `${packageName}.${i}`;
      const options = optionsOf(block, path);
      drop(options, ["config_name", "config_value"]);
      const type = block["config_name"] as string;
      const name = uciName(named(block["config_value"], `${type}_${i + 1}`));
      output.section(packageName, { type, name, from: path }, options);
    }
  }
}
