import { type Block, drop, type Options, optionsOf, put, rename, take, uciName } from "../uci/index.ts";
import { blocksOf, named } from "./blocks.ts";
import { encryptionOptions } from "./encryption.ts";
import { forHotspot } from "./ours.ts";
import type { Output } from "./output.ts";

export const modes: Record<string, string> = {
  access_point: "ap",
  station: "sta",
  adhoc: "adhoc",
  monitor: "monitor",
  "802.11s": "mesh",
};
/** Names in a document and in UCI; 0 means "not set" in a document. */
export const distances = { ack_distance: "distance", rts_threshold: "rts", frag_threshold: "frag" } as const;
/** They mean something only to clients that move between access points. */
const roaming = ["reassociation_deadline", "ft_psk_generate_local", "ft_over_ds", "nasid", "mobility_domain"];

export const wifiName = (device: string): string => `wifi_${uciName(device)}`;

export function renderWireless(document: Block, output: Output): void {
  for (const { block, path } of blocksOf(document, "interfaces")) {
    const wireless = block["wireless"] as Block | undefined;
    if (!wireless) continue;
    const at = `${path}.wireless`;
    const options = optionsOf(wireless, at);
    const id = take(options, "id");
    if (block["disabled"] !== undefined) put(options, "disabled", block["disabled"], `${path}.disabled`);
    put(options, "ifname", block["name"], `${path}.name`);
    rename(options, "radio", "device");
    if (block["mac"]) put(options, "macaddr", block["mac"], `${path}.mac`);
    put(options, "mode", modes[String(wireless["mode"])], `${at}.mode`);
    for (const [key, uci] of Object.entries(distances)) {
      if (wireless[key] === 0) drop(options, [key]);
      rename(options, key, uci);
    }
    if (wireless["ieee80211r"] !== true) drop(options, roaming);
    const encryption = take(options, "encryption");
    if (encryption)
      for (const [key, given] of encryptionOptions(encryption.value as Block, encryption.from)) options.set(key, given);
    const name = uciName(named(id?.value, wifiName(String(block["name"]))));
    attach(options, { document, block, path, at });
    if (wireless["mode"] === "access_point") forHotspot(document, options);
    output.section("wireless", { type: "wifi-iface", name, from: at }, options);
  }
}

interface Where {
  document: Block;
  block: Block;
  path: string;
  at: string;
}

/** To the networks that it names; else to the bridge that has it, or to its own logical interface. */
function attach(options: Options, { document, block, path, at }: Where): void {
  const { value } = take(options, "network") ?? {};
  const own = (Array.isArray(value) ? value : [value]).filter(
    (one): one is string => typeof one === "string" && one !== "",
  );
  if (own.length > 0) {
    put(options, "network", own.map(uciName).join(" "), `${at}.network`);
    return;
  }
  const bridge = blocksOf(document, "interfaces").find(
    (one) =>
      one.block["type"] === "bridge" &&
      ((one.block["bridge_members"] ?? []) as string[]).includes(String(block["name"])),
  );
  const addresses = (block["addresses"] ?? []) as Block[];
  if (named(block["network"]) === "" && bridge) {
    put(
      options,
      "network",
      uciName(named(bridge.block["network"], bridge.block["name"])),
      `${bridge.path}.bridge_members`,
    );
    return;
  }
  if (named(block["network"]) !== "" || addresses.length > 0)
    put(options, "network", uciName(named(block["network"], block["name"])), `${path}.name`);
}
