import { type Block, drop, optionsOf, uciName } from "../uci/index.ts";
import { blocksOf, named } from "./blocks.ts";
import type { Output } from "./output.ts";
import { type Reading, type Section, typed } from "./reading.ts";

const nameOf = (led: unknown): string => `led_${uciName(String(led).toLowerCase())}`;

export function renderLeds(document: Block, output: Output): void {
  for (const { block, path } of blocksOf(document, "led")) {
    const options = optionsOf(block, path);
    drop(options, ["id"]);
    const name = uciName(named(block["id"], nameOf(block["name"])));
    output.section("system", { type: "led", name, from: path }, options);
  }
}

export function readLed({ name, options }: Section, reading: Reading): void {
  const id = name === undefined || name === nameOf(options["name"]) ? {} : { id: name };
  const cast = typed(options, { flags: ["default"], numbers: ["delayoff", "delayon", "interval"] });
  reading.push("led", { ...id, ...cast });
}
