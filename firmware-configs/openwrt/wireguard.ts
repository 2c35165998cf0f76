import { type Block, drop, optionsOf, uciName } from "../uci/index.ts";
import { blocksOf } from "./blocks.ts";
import type { Output } from "./output.ts";
import { type Reading, type Section, typed } from "./reading.ts";

const prefix = "wireguard_";

export function renderPeers(document: Block, output: Output): void {
  for (const { block, path, index } of blocksOf(document, "wireguard_peers")) {
    const options = optionsOf(block, path);
    drop(options, ["interface"]);
    if (!block["endpoint_host"]) drop(options, ["endpoint_port"]);
    const tunnel = uciName(String(block["interface"]));
    const name = `wgpeer_${tunnel}${index === 0 ? "" : `_${index + 1}`}`;
    output.section("network", { type: `${prefix}${tunnel}`, name, from: path }, options);
  }
}

export const isPeer = (type: string): boolean => type.startsWith(prefix);

export function readPeer({ type, options }: Section, reading: Reading): void {
  const cast = typed(options, {
    numbers: ["endpoint_port", "persistent_keepalive"],
    flags: ["route_allowed_ips"],
    lists: ["allowed_ips"],
  });
  reading.push("wireguard_peers", { interface: type.slice(prefix.length), ...cast });
}
