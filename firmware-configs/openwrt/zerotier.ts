import { type Block, drop, optionsOf, put, take, uciName } from "../uci/index.ts";
import { blocksOf } from "./blocks.ts";
import type { Output } from "./output.ts";
import { type Reading, type Section, typed } from "./reading.ts";

export function renderZeroTier(document: Block, output: Output): void {
  for (const { block, path } of blocksOf(document, "zerotier")) {
    // In the words of UCI already: it goes as it is.
    if (block["config_name"] !== undefined) continue;
    const options = optionsOf(block, path);
    drop(options, ["name"]);
    const disabled = take(options, "disabled");
    put(options, "enabled", disabled?.value !== true, disabled?.from ?? path);
    const networks = take(options, "networks");
    const joined = (networks?.value ?? []) as Block[];
    if (networks)
      put(
        options,
        "join",
        joined.map(({ id }) => id),
        networks.from,
      );
    output.section("zerotier", { type: "zerotier", name: uciName(String(block["name"])), from: path }, options);
    for (const [i, network] of joined.entries()) {
      const from = `${path}.networks.${i}`;
      const own = optionsOf(network, from);
      drop(own, ["ifname"]);
      output.section("zerotier", { type: "network", name: uciName(String(network["ifname"])), from }, own);
    }
  }
}

export function readZeroTier({ name, options }: Section, reading: Reading): void {
  const { enabled = "0", join: _, ...rest } = options;
  const cast = typed(rest, { numbers: ["port"] });
  reading.push("zerotier", { name: name ?? "global", disabled: enabled === "0", ...cast, networks: [] });
}

/** @param section after its owner */
export function readZeroTierNetwork(section: Section, reading: Reading): void {
  const cast = typed(section.options, { flags: ["allow_managed", "allow_global", "allow_default", "allow_dns"] });
  const owner = reading.all("zerotier").at(-1);
  if (!owner) {
    reading.problem(section, "the network of no service");
    return;
  }
  (owner["networks"] as Block[]).push({ ifname: section.name ?? `zt${String(cast["id"]).slice(-6)}`, ...cast });
}
