import { isKnownSection } from "../sections.ts";
import { type Block, drop, optionsOf, uciName } from "../uci/index.ts";
import { named } from "./blocks.ts";
import type { Output } from "./output.ts";

/** Whether a block of a list says of which type its section is: then the list is a package in the words of UCI. */
export const isSection = (one: unknown): one is Block =>
  typeof one === "object" && one !== null && !Array.isArray(one) && named((one as Block)["config_name"]) !== "";

/** What this product knows nothing of goes as it is, package by package in the order of their names. */
export function renderExtras(document: Block, output: Output): void {
  for (const packageName of Object.keys(document).sort()) {
    const blocks = document[packageName];
    if (isKnownSection(packageName) || !Array.isArray(blocks)) continue;
    for (const [i, block] of blocks.filter(isSection).entries()) {
      const path = `${packageName}.${blocks.indexOf(block)}`;
      const options = optionsOf(block, path);
      drop(options, ["config_name", "config_value"]);
      const type = block["config_name"] as string;
      const name = uciName(named(block["config_value"], `${type}_${i + 1}`));
      output.section(packageName, { type, name, from: path }, options);
    }
  }
}
