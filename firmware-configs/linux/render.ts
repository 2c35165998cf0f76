import { blocksOf } from "../openwrt/blocks.ts";
import type { Problem } from "../openwrt/output.ts";
import { isKnownSection } from "../sections.ts";
import type { Block } from "../uci/index.ts";
import { renderDnsmasq } from "./dnsmasq.ts";
import { renderHostapd } from "./hostapd.ts";
import { renderNetworkd } from "./networkd.ts";
import { createOutput, type LinuxFile, type Output } from "./output.ts";

export interface Rendered {
  files: LinuxFile[];
  problems: Problem[];
  /** What these programs have no words for, and why it is left out. */
  left: Problem[];
}

const said = [
  "general",
  "interfaces",
  "radios",
  "dns_servers",
  "dns_search",
  "routes",
  "ntp",
  "wireguard_peers",
  "files",
  "hotspot",
];
/** Read by the agent itself. */
const agents = ["type", "agent", "sensors"];

/** Files of a plain Linux access point: hostapd, dnsmasq, systemd-networkd.
 *  @param document without problems by `configDocument` */
export function renderLinux(document: Block): Rendered {
  const { output, problems, left, files } = createOutput();
  renderSystem(document, output);
  renderNetworkd(document, output);
  renderHostapd(document, output);
  renderDnsmasq(document, output);
  for (const key of Object.keys(document))
    if (!said.includes(key) && !agents.includes(key))
      output.left(key, isKnownSection(key) ? "not rendered for plain Linux" : "a package of OpenWrt");
  for (const { block, path } of blocksOf(document, "files")) {
    const put = output.file(String(block["path"]), String(block["mode"]));
    for (const line of String(block["contents"]).replace(/\n$/, "").split("\n")) put(line, `${path}.contents`);
  }
  return { files: files(), problems, left };
}

function renderSystem(document: Block, output: Output): void {
  const { hostname, timezone } = (document["general"] ?? {}) as Block;
  if (hostname !== undefined) output.file("/etc/hostname", "0644")(String(hostname), "general.hostname");
  if (timezone !== undefined) output.left("general.timezone", "set it with timedatectl");
  const ntp = document["ntp"] as Block | undefined;
  const servers = (ntp?.["server"] ?? []) as string[];
  if (!ntp || ntp["enabled"] === false || servers.length === 0) return;
  const put = output.file("/etc/systemd/timesyncd.conf.d/lamplighter.conf", "0644");
  put("[Time]", "ntp");
  put(`NTP=${servers.join(" ")}`, "ntp.server");
}
