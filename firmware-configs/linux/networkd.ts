import { blocksOf } from "../openwrt/blocks.ts";
import type { Block } from "../uci/index.ts";
import type { Output } from "./output.ts";

type Put = (text: string, from: string) => void;
const folder = "/etc/systemd/network";

/** Devices (.netdev) and what stands on them (.network), for systemd-networkd. */
export function renderNetworkd(document: Block, output: Output): void {
  const all = blocksOf(document, "interfaces");
  const names = new Map(all.map(({ block }) => [String(block["network"] ?? block["name"]), deviceOf(block)]));
  for (const { block, path } of all) {
    const type = String(block["type"]);
    if (
      !["ethernet", "loopback", "virtual", "bridge", "wireless", "8021q", "8021ad", "wireguard", "vxlan"].includes(type)
    ) {
      output.left(`${path}.type`, `${type} is not rendered for systemd-networkd`);
      continue;
    }
    if (block["disabled"] === true) continue;
    // hostapd has them, and puts them into their bridge.
    if (type === "wireless" && ((block["addresses"] ?? []) as Block[]).length === 0) continue;
    const name = deviceOf(block);
    netdev(block, path, { name, document, output });
    network(block, path, { name, names, document, output });
  }
}

export const deviceOf = ({ type, name, vid }: Block): string =>
  type === "8021q" || type === "8021ad" ? `${name}.${vid}` : String(name);

interface Ctx {
  name: string;
  document: Block;
  output: Output;
}

function netdev(block: Block, path: string, { name, document, output }: Ctx): void {
  const kind = { bridge: "bridge", "8021q": "vlan", "8021ad": "vlan", wireguard: "wireguard", vxlan: "vxlan" }[
    String(block["type"])
  ];
  if (kind === undefined) return;
  const put = output.file(`${folder}/10-${name}.netdev`, kind === "wireguard" ? "0640" : "0644");
  put("[NetDev]", path);
  put(`Name=${name}`, `${path}.name`);
  put(`Kind=${kind}`, `${path}.type`);
  if (block["mac"]) put(`MACAddress=${block["mac"]}`, `${path}.mac`);
  if (block["mtu"] !== undefined) put(`MTUBytes=${block["mtu"]}`, `${path}.mtu`);
  if (kind === "bridge" && (block["stp"] !== undefined || block["vlan_filtering"] !== undefined)) {
    put("[Bridge]", path);
    if (block["stp"] !== undefined) put(`STP=${block["stp"] === true ? "yes" : "no"}`, `${path}.stp`);
    if (block["vlan_filtering"] !== undefined) put("VLANFiltering=yes", `${path}.vlan_filtering`);
  }
  if (kind === "vlan") {
    put("[VLAN]", path);
    put(`Id=${block["vid"]}`, `${path}.vid`);
    if (block["type"] === "8021ad") put("Protocol=802.1ad", `${path}.type`);
  }
  if (kind === "vxlan") {
    put("[VXLAN]", path);
    put(`VNI=${block["vni"]}`, `${path}.vni`);
    put(`Remote=${block["vtep"]}`, `${path}.vtep`);
    put(`DestinationPort=${block["port"]}`, `${path}.port`);
  }
  if (kind === "wireguard") tunnel(block, path, document, put);
}

function tunnel(block: Block, path: string, document: Block, put: Put): void {
  put("[WireGuard]", path);
  put(`PrivateKey=${block["private_key"]}`, `${path}.private_key`);
  if (block["port"] !== undefined) put(`ListenPort=${block["port"]}`, `${path}.port`);
  for (const { block: peer, path: at } of blocksOf(document, "wireguard_peers")) {
    if (peer["interface"] !== block["name"]) continue;
    put("[WireGuardPeer]", at);
    put(`PublicKey=${peer["public_key"]}`, `${at}.public_key`);
    put(`AllowedIPs=${(peer["allowed_ips"] as string[]).join(",")}`, `${at}.allowed_ips`);
    if (peer["endpoint_host"])
      put(`Endpoint=${peer["endpoint_host"]}:${peer["endpoint_port"] ?? 51_820}`, `${at}.endpoint_host`);
    if (peer["preshared_key"]) put(`PresharedKey=${peer["preshared_key"]}`, `${at}.preshared_key`);
    if (peer["persistent_keepalive"])
      put(`PersistentKeepalive=${peer["persistent_keepalive"]}`, `${at}.persistent_keepalive`);
  }
}

function network(
  block: Block,
  path: string,
  { name, names, document, output }: Ctx & { names: Map<string, string> },
): void {
  const put = output.file(`${folder}/20-${name}.network`, "0644");
  put("[Match]", path);
  put(`Name=${name}`, `${path}.name`);
  const isMade = ["bridge", "8021q", "8021ad", "wireguard", "vxlan"].includes(String(block["type"]));
  if (!isMade && (block["mac"] || block["mtu"] !== undefined)) {
    put("[Link]", path);
    if (block["mac"] && block["type"] !== "wireless") put(`MACAddress=${block["mac"]}`, `${path}.mac`);
    if (block["mtu"] !== undefined) put(`MTUBytes=${block["mtu"]}`, `${path}.mtu`);
  }
  put("[Network]", path);
  attachments(name, document, put);
  const addresses = ((block["addresses"] ?? []) as Block[]).map((address, i) => ({
    address,
    at: `${path}.addresses.${i}`,
  }));
  const dhcp = addresses.filter(({ address }) => address["proto"] === "dhcp");
  const families = new Set(dhcp.map(({ address }) => address["family"]));
  if (families.size > 0)
    put(`DHCP=${families.size === 2 ? "yes" : families.has("ipv4") ? "ipv4" : "ipv6"}`, `${path}.addresses`);
  for (const { address, at } of addresses)
    if (address["proto"] === "static") put(`Address=${address["address"]}/${address["mask"]}`, `${at}.address`);
  for (const { address, at } of addresses)
    if (address["gateway"]) put(`Gateway=${address["gateway"]}`, `${at}.gateway`);
  if (addresses.length > dhcp.length)
    for (const [i, server] of ((document["dns_servers"] ?? []) as string[]).entries())
      put(`DNS=${server}`, `dns_servers.${i}`);
  const search = (document["dns_search"] ?? []) as string[];
  if (addresses.length > 0 && search.length > 0) put(`Domains=${search.join(" ")}`, "dns_search");
  for (const { block: route, path: at } of blocksOf(document, "routes")) {
    if (names.get(String(route["device"])) !== name) continue;
    put("[Route]", at);
    put(`Destination=${route["destination"]}`, `${at}.destination`);
    if (route["next"]) put(`Gateway=${route["next"]}`, `${at}.next`);
    if (route["cost"]) put(`Metric=${route["cost"]}`, `${at}.cost`);
  }
}

/** What is made on this device, and the bridge that it is part of. */
function attachments(name: string, document: Block, put: Put): void {
  for (const { block, path } of blocksOf(document, "interfaces")) {
    const members = (block["bridge_members"] ?? []) as string[];
    // hostapd puts radios into their bridges itself.
    const isRadio = blocksOf(document, "interfaces").some(
      (one) => one.block["name"] === name && one.block["type"] === "wireless",
    );
    if (block["type"] === "bridge" && members.includes(name) && !isRadio)
      put(`Bridge=${block["name"]}`, `${path}.bridge_members`);
    if ((block["type"] === "8021q" || block["type"] === "8021ad") && block["name"] === name)
      put(`VLAN=${deviceOf(block)}`, `${path}.vid`);
    if (block["type"] === "vxlan" && block["tunlink"] === name) put(`VXLAN=${block["name"]}`, `${path}.tunlink`);
  }
}
