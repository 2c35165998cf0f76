import { type Block, drop, optionsOf, put, uciName } from "../uci/index.ts";
import { blocksOf, named } from "./blocks.ts";
import type { Output } from "./output.ts";
import { type Reading, type Section, typed } from "./reading.ts";

const nameOf = (device: unknown, index: number): string => `${uciName(String(device))}_vlan${index + 1}`;

export function renderSwitches(document: Block, output: Output): void {
  for (const { block, path } of blocksOf(document, "switch")) {
    const options = optionsOf(block, path);
    drop(options, ["id", "vlan"]);
    const name = uciName(named(block["id"], block["name"]));
    output.section("network", { type: "switch", name, from: path }, options);
    for (const [i, vlan] of ((block["vlan"] ?? []) as Block[]).entries()) {
      const from = `${path}.vlan.${i}`;
      const row = optionsOf(vlan, from);
      drop(row, ["id"]);
      if (!row.has("vid")) put(row, "vid", vlan["vlan"], `${from}.vlan`);
      const head = { type: "switch_vlan", name: uciName(named(vlan["id"], nameOf(block["name"], i))), from };
      output.section("network", head, row);
    }
  }
}

export function readSwitch({ name, options }: Section, reading: Reading): void {
  const id = name === undefined || name === uciName(String(options["name"])) ? {} : { id: name };
  reading.push("switch", { ...id, ...typed(options, { flags: ["reset", "enable_vlan"] }), vlan: [] });
}

/** @param section after all switches were read */
export function readSwitchVlan(section: Section, reading: Reading): void {
  const row = typed(section.options, { numbers: ["vlan", "vid"] });
  const owner = reading.all("switch").find((one) => one["name"] === row["device"]);
  if (!owner) {
    reading.problem(section, `there is no switch ${String(row["device"])}`);
    return;
  }
  const rows = owner["vlan"] as Block[];
  const isAuto = section.name === undefined || section.name === nameOf(row["device"], rows.length);
  if (row["vid"] === row["vlan"]) delete row["vid"];
  rows.push({ ...(isAuto ? {} : { id: section.name }), ...row });
}
