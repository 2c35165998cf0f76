import { type Block, drop, type Options, optionsOf, put, rename, take, uciName } from "../uci/index.ts";
import { type Addressing, addressingOf } from "./addresses.ts";
import { blocksOf, named } from "./blocks.ts";
import { bridgeKeys, bridgeName, deviceTypes, layer2Keys, vlanTypes } from "./devices.ts";
import type { Output } from "./output.ts";

interface Ctx {
  document: Block;
  output: Output;
  /** Interfaces of VLANs that bridges made by filtering: an interface of the document with such a name says more of it. */
  filtered: Set<string>;
}

export function renderInterfaces(document: Block, output: Output): void {
  const ctx: Ctx = { document, output, filtered: new Set() };
  for (const { block, path } of blocksOf(document, "interfaces")) renderInterface(block, path, ctx);
}

function renderInterface(block: Block, path: string, ctx: Ctx): void {
  const type = String(block["type"]);
  const addressing = addressingOf(type, (block["addresses"] ?? []) as Block[], path);
  const network = uciName(named(block["network"], block["name"]));
  const options = optionsOf(block, path);
  drop(options, ["type", "network", "wireless", "addresses"]);
  rename(options, "name", "ifname");
  // A radio's own address is part of `config wifi-iface`.
  if (type === "wireless") drop(options, ["mac"]);
  rename(options, "mac", "macaddr");
  rename(options, "autostart", "auto");
  const disabled = take(options, "disabled");
  if (disabled) put(options, "enabled", disabled.value !== true, disabled.from);
  special[type]?.(options);

  const isFiltered = ctx.filtered.has(String(block["name"]));
  let name = network;
  if (isFiltered) {
    drop(options, layer2Keys);
    rename(options, "ifname", "device");
  } else if (vlanTypes.has(type)) {
    name = uciName(named(block["network"], `vlan_${network}_${block["vid"]}`));
    renderVlanDevice(type, name, options, { path, output: ctx.output });
  } else if (type === "bridge") renderBridge(network, options, { path, ctx });
  else if (deviceTypes.has(type) && block["proto"] !== "ppp")
    renderDevice(network, options, { path, output: ctx.output });
  renderLogical(name, { path, addressing, options, isFiltered }, ctx);
}

const special: Record<string, (options: Options) => void> = {
  "modem-manager": (options) => {
    put(options, "proto", "modemmanager", options.get("ifname")?.from ?? "");
    rename(options, "pin", "pincode");
  },
  wireguard: (options) => {
    put(options, "proto", "wireguard", options.get("ifname")?.from ?? "");
    rename(options, "port", "listen_port");
    drop(options, ["ifname"]);
  },
  vxlan: (options) => {
    put(options, "proto", "vxlan", options.get("ifname")?.from ?? "");
    rename(options, "vtep", "peeraddr");
    rename(options, "vni", "vid");
  },
};

function moved(options: Options, keys: readonly string[], to: Options): void {
  for (const key of keys) {
    const given = take(options, key);
    if (given) to.set(key, given);
  }
}

/** Only where something is said of it: the kernel has its devices without being told. */
function renderDevice(network: string, options: Options, { path, output }: { path: string; output: Output }): void {
  const name = take(options, "ifname");
  if (!name) return;
  const device: Options = new Map();
  moved(options, layer2Keys, device);
  if (!options.has("device")) options.set("device", name);
  if (device.size === 0) return;
  device.set("name", name);
  output.section("network", { type: "device", name: `device_${network}`, from: path }, device);
}

function renderVlanDevice(
  type: string,
  name: string,
  options: Options,
  { path, output }: { path: string; output: Output },
): void {
  const [base, vid] = [take(options, "ifname"), take(options, "vid")];
  if (!base || !vid) return;
  const device: Options = new Map([
    ["ifname", base],
    ["vid", vid],
    ["type", { value: type, from: `${path}.type` }],
    ["name", { value: `${base.value}.${vid.value}`, from: vid.from }],
  ]);
  moved(options, [...layer2Keys, "ingress_qos_mapping", "egress_qos_mapping"], device);
  put(options, "device", `${base.value}.${vid.value}`, vid.from);
  const head = { type: "device", name: `device_${name.replace(/^vlan_/, "")}`, from: path };
  output.section("network", head, device);
}

function renderBridge(network: string, options: Options, { path, ctx }: { path: string; ctx: Ctx }): void {
  const [given, members, vlans] = ["ifname", "bridge_members", "vlan_filtering"].map((key) => take(options, key));
  const name = { value: bridgeName(String(given?.value)), from: given?.from ?? path };
  const device: Options = new Map([
    ["name", name],
    ["type", { value: "bridge", from: `${path}.type` }],
  ]);
  moved(options, [...layer2Keys, ...bridgeKeys], device);
  const ports = (members?.value ?? []) as string[];
  if (ports.length > 0) put(device, "ports", ports, members?.from ?? path);
  else put(device, "bridge_empty", true, members?.from ?? path);
  const filters = (vlans?.value ?? []) as Block[];
  if (filters.length > 0) put(device, "vlan_filtering", true, vlans?.from ?? path);
  options.set("device", name);
  ctx.output.section("network", { type: "device", name: `device_${network}`, from: path }, device);
  for (const [i, vlan] of filters.entries())
    renderFilter(vlan, { network, device: name.value, from: `${vlans?.from}.${i}` }, ctx);
  for (const [i, { vlan }] of filters.entries()) {
    const from = `${vlans?.from}.${i}`;
    const ofVlan = `${name.value}.${vlan}`;
    ctx.filtered.add(ofVlan);
    const logical: Options = new Map();
    put(logical, "device", ofVlan, from);
    put(logical, "proto", "none", from);
    ctx.output.section("network", { type: "interface", name: `${network}_${vlan}`, from }, logical);
  }
}

function renderFilter(
  { vlan, ports = [] }: Block,
  { network, device, from }: { network: string; device: string; from: string },
  { output }: Ctx,
): void {
  const options: Options = new Map();
  put(options, "device", device, from);
  put(options, "vlan", vlan, `${from}.vlan`);
  const words = (ports as Block[]).map(
    ({ ifname, tagging, primary_vid: isPrimary }) => `${ifname}${tagging ? `:${tagging}` : ""}${isPrimary ? "*" : ""}`,
  );
  put(options, "ports", words, `${from}.ports`);
  output.section("network", { type: "bridge-vlan", name: `vlan_${network}_${vlan}`, from }, options);
}

interface Logical {
  path: string;
  addressing: Addressing[];
  options: Options;
  isFiltered: boolean;
}

function renderLogical(name: string, { path, addressing, options, isFiltered }: Logical, ctx: Ctx): void {
  const proto = take(options, "proto");
  for (const [i, one] of addressing.entries()) {
    const own: Options = new Map(options);
    resolvers(own, one.proto, ctx.document);
    own.set("proto", proto ?? { value: one.proto, from: one.proto === "none" ? path : `${path}.addresses` });
    for (const [key, given] of one.options) own.set(key, given);
    const head = { type: "interface", name: i === 0 ? name : `${name}_${i + 1}`, from: path };
    // A filtered VLAN has a logical interface already; this says the rest of it.
    if (i === 0 && isFiltered) ctx.output.over("network", head, own);
    else ctx.output.section("network", head, own);
  }
}

/** The document's resolvers, where the interface has none of its own and isn't told them by DHCP. */
function resolvers(options: Options, proto: string, document: Block): void {
  const joined = (key: string): string => ((document[key] ?? []) as string[]).join(" ");
  if (!options.has("dns") && !["dhcp", "dhcpv6", "none"].includes(proto))
    put(options, "dns", joined("dns_servers"), "dns_servers");
  if (!options.has("dns_search") && proto !== "none") put(options, "dns_search", joined("dns_search"), "dns_search");
}
