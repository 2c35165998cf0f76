import type { Block } from "../uci/index.ts";
import { readEncryption } from "./encryption.ts";
import { type Reading, type Section, typed } from "./reading.ts";
import { distances, modes, wifiName } from "./wireless.ts";

const modeOf = new Map(Object.entries(modes).map(([mode, uci]) => [uci, mode]));
const flags = ["hidden", "wds", "wmm", "isolate", "ieee80211r", "ft_over_ds", "ft_psk_generate_local", "rsn_preauth"];
const numbers = ["reassociation_deadline", ...Object.keys(distances)];

/** @param section after the logical interfaces, of which a radio may be one */
export function readWifi(section: Section, reading: Reading): void {
  const wifi = { ...section.options };
  const name = deviceOf(section);
  const known = reading.all("interfaces").find((one) => one["name"] === name && one["wireless"] === undefined);
  const block: Block = known ?? { name };
  block["type"] = "wireless";
  if (wifi["macaddr"] !== undefined) block["mac"] = wifi["macaddr"];
  if (wifi["disabled"] !== undefined) block["disabled"] = wifi["disabled"] === "1";
  const networks = networksOf(wifi["network"], block, reading);
  const radio = wifi["device"] ?? "";
  const mode = modeOf.get(String(wifi["mode"] ?? "ap")) ?? wifi["mode"];
  const encryption = readEncryption(wifi);
  for (const key of ["macaddr", "disabled", "network", "device", "mode", "ifname"]) delete wifi[key];
  for (const [key, uci] of Object.entries(distances)) {
    if (wifi[uci] === undefined) continue;
    wifi[key] = wifi[uci];
    delete wifi[uci];
  }
  block["wireless"] = {
    ...(section.name === undefined || section.name === wifiName(name) ? {} : { id: section.name }),
    radio,
    mode,
    ...typed(wifi, { flags, numbers, lists: ["maclist"] }),
    ...(networks === undefined ? {} : { network: networks }),
    ...(encryption === undefined ? {} : { encryption }),
  };
  if (!known) reading.push("interfaces", block);
}

/** Without one of its own it is told by the section's name, as this product makes them, or by its network. */
function deviceOf({ name = "", options }: Section): string {
  if (options["ifname"] !== undefined) return String(options["ifname"]);
  if (name.startsWith("wifi_")) return name.slice("wifi_".length);
  return name || String(options["network"] ?? "wlan0");
}

/** Nothing where the document says the same without it. */
function networksOf(given: string | string[] | undefined, block: Block, reading: Reading): string[] | undefined {
  const networks = typeof given === "string" ? given.split(/\s+/).filter((one) => one !== "") : (given ?? []);
  if (networks.length === 0) return undefined;
  const bridge = reading
    .all("interfaces")
    .find((one) => one["type"] === "bridge" && (one["bridge_members"] as string[]).includes(String(block["name"])));
  const [only, ...more] = networks;
  const own = [block["name"], block["network"], bridge?.["network"], bridge && networkOf(bridge)];
  return more.length === 0 && own.includes(only) ? undefined : networks;
}

const networkOf = (block: Block): string => String(block["network"] ?? block["name"]).replace(/[^A-Za-z0-9_]/g, "_");
