import { readCidr } from "../ip.ts";
import { type Block, drop, optionsOf, uciName } from "../uci/index.ts";
import { blocksOf, named } from "./blocks.ts";
import type { Output } from "./output.ts";
import { type Reading, type Section, typed } from "./reading.ts";

const nameOf = (index: number): string => `rule${index + 1}`;

export function renderRules(document: Block, output: Output): void {
  for (const { block, path, index } of blocksOf(document, "ip_rules")) {
    const options = optionsOf(block, path);
    drop(options, ["name"]);
    const net = readCidr(named(block["dest"], block["src"]));
    const head = { type: net?.version === 6 ? "rule6" : "rule", name: uciName(named(block["name"], nameOf(index))) };
    output.section("network", { ...head, from: path }, options);
  }
}

export function readRule(section: Section, reading: Reading): void {
  const isAuto = section.name === undefined || section.name === nameOf(reading.count("ip_rules"));
  const cast = typed(section.options, { flags: ["invert"], numbers: ["tos", "goto"] });
  reading.push("ip_rules", { ...(isAuto ? {} : { name: section.name }), ...cast });
}
