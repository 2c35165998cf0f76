import { type Block, type Options, optionsOf, put, putList, take, type UciItem, uciName } from "../uci/index.ts";
import { blocksOf } from "./blocks.ts";
import type { Output } from "./output.ts";

/** What OpenWrt has no words for goes into a package of our own, which the agent reads. */
const ours = "lamplighter";

export function renderHotspots(document: Block, output: Output): void {
  for (const { block, path } of blocksOf(document, "hotspot")) {
    const options = optionsOf(block, path);
    const disabled = take(options, "disabled");
    put(options, "enabled", disabled?.value !== true, disabled?.from ?? path);
    put(options, "network", uciName(String(block["network"])), `${path}.network`);
    if (!options.has("isolation")) put(options, "isolation", true, path);
    flatten(options, "portal", "portal_");
    flatten(options, "per_client", "client_");
    flatten(options, "per_ssid", "ssid_");
    const hours = take(options, "opening_hours");
    if (hours && hours.value !== "always")
      putList(options, "open", spansOf(hours.value as Block, hours.from), hours.from);
    output.section(ours, { type: "hotspot", name: uciName(String(block["name"])), from: path }, options);
  }
}

export function renderSensors(document: Block, output: Output): void {
  for (const { block, path } of blocksOf(document, "sensors")) {
    const options = optionsOf(block, path);
    flatten(options, "calibration", "");
    flatten(options, "thresholds", "");
    const name = uciName(`${block["name"]}_${block["field"]}`);
    output.section(ours, { type: "sensor", name, from: path }, options);
  }
}

/** UCI has no objects within sections: their keys get a prefix. */
function flatten(options: Options, key: string, prefix: string): void {
  const given = take(options, key);
  if (!given) return;
  for (const [inner, one] of optionsOf(given.value as Block, given.from)) options.set(`${prefix}${inner}`, one);
}

const spansOf = (hours: Block, path: string): UciItem[] =>
  Object.entries(hours).flatMap(([day, spans]) =>
    (spans as string[][]).map(([from, to], i) => ({ value: `${day} ${from}-${to}`, from: `${path}.${day}.${i}` })),
  );

/** What a hotspot asks of a radio that carries its network, where the radio itself says nothing of it. */
export function forHotspot(document: Block, options: Options): void {
  const networks = String(options.get("network")?.value ?? "").split(" ");
  for (const { block, path } of blocksOf(document, "hotspot")) {
    if (!networks.includes(uciName(String(block["network"])))) continue;
    if (!options.has("isolate"))
      put(
        options,
        "isolate",
        block["isolation"] !== false,
        block["isolation"] === undefined ? path : `${path}.isolation`,
      );
    const { clients } = (block["per_ssid"] ?? {}) as Block;
    if (clients !== undefined && !options.has("maxassoc"))
      put(options, "maxassoc", clients, `${path}.per_ssid.clients`);
  }
}
