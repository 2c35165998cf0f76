import { type Block, drop, optionsOf, put, take, uciName } from "../uci/index.ts";
import { named } from "./blocks.ts";
import type { Output } from "./output.ts";
import type { Reading, Section } from "./reading.ts";
import { zoneNamed, zoneOf } from "./zones.ts";

export function renderGeneral(document: Block, output: Output): void {
  const general = document["general"] as Block | undefined;
  if (!general) return;
  const path = "general";
  const options = optionsOf(general, path);
  const prefix = take(options, "ula_prefix");
  drop(options, ["globals_id"]);
  if (options.size > 0) {
    drop(options, ["id"]);
    if (!options.has("hostname")) put(options, "hostname", "OpenWRT", path);
    const zone = take(options, "timezone");
    if (zone) {
      put(options, "zonename", zone.value, zone.from);
      put(options, "timezone", zoneOf(String(zone.value)), zone.from);
    }
    const name = uciName(named(general["id"], "system"));
    output.section("system", { type: "system", name, from: path }, options);
  }
  if (!prefix) return;
  const head = { type: "globals", name: uciName(named(general["globals_id"], "globals")), from: prefix.from };
  output.section("network", head, new Map([["ula_prefix", prefix]]));
}

export function readSystem(section: Section, reading: Reading): void {
  const { hostname, zonename, timezone, ...rest } = section.options;
  const zone = zonename ?? (typeof timezone === "string" ? (zoneNamed(timezone) ?? timezone) : undefined);
  reading.general({
    ...(section.name === undefined || section.name === "system" ? {} : { id: section.name }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(zone === undefined ? {} : { timezone: zone }),
    ...rest,
  });
}

export function readGlobals(section: Section, reading: Reading): void {
  const { ula_prefix: prefix } = section.options;
  if (prefix === undefined) return;
  reading.general({
    ula_prefix: prefix,
    ...(section.name === undefined || section.name === "globals" ? {} : { globals_id: section.name }),
  });
}
