import type { Block } from "../uci/index.ts";
import { uciName } from "../uci/index.ts";
import { bridgeName, bridgeOptions, layer2, vlanTypes } from "./devices.ts";
import { readLogical } from "./logical.ts";
import { type Reading, type Section, typed, wordsOf } from "./reading.ts";

/** What `config device` and `config bridge-vlan` say of one device. */
export interface Device {
  name: string;
  /** Of the section, without the prefix that this product gives it. */
  network: string;
  options: Block;
  vlans: Block[];
  used: boolean;
}

/** OpenWrt 21 and later tell of one interface in several sections: the device, the VLANs that a bridge filters, and the
 *  logical interfaces on them. */
export function readNetwork(sections: readonly Section[], reading: Reading): void {
  const devices = devicesOf(sections);
  const logical = sections.filter(({ type }) => type === "interface");
  const onVlan = logical.filter((section) => filteringOf(section, devices) !== undefined);
  for (const section of logical) if (!onVlan.includes(section)) readOne(section, devices, reading);
  for (const device of devices.values()) {
    const options = { device: device.name, proto: "none" };
    // Nobody uses it, and it is a device all the same.
    if (!device.used)
      readOne({ type: "interface", name: device.network, options, package: "network" }, devices, reading);
  }
  for (const section of onVlan) readVlan(section, filteringOf(section, devices) as Device, reading);
  hoistResolvers(reading);
}

function devicesOf(sections: readonly Section[]): Map<string, Device> {
  const devices = new Map<string, Device>();
  const of = (name: string): Device => {
    const known = devices.get(name) ?? { name, network: uciName(name), options: {}, vlans: [], used: false };
    devices.set(name, known);
    return known;
  };
  for (const { type, name, options } of sections) {
    if (type === "device") {
      const { name: deviceName = "", ...rest } = options;
      const device = of(String(deviceName));
      if (name !== undefined) device.network = name.replace(/^device_/, "");
      device.options = { ...device.options, ...rest };
    } else if (type === "bridge-vlan") of(String(options["device"])).vlans.push(vlanOf(options));
  }
  return devices;
}

function vlanOf({ vlan, ports = [] }: Section["options"]): Block {
  return {
    vlan: Number(vlan),
    ports: wordsOf(ports).map((word) => {
      const [ifname = "", how = "u"] = word.split(":");
      return { ifname, tagging: how.startsWith("t") ? "t" : "u", primary_vid: how.includes("*") };
    }),
  };
}

const deviceOf = ({ options }: Section): string => String(options["device"] ?? options["ifname"] ?? "");

/** The bridge, where an interface is on one of the VLANs that it filters. */
function filteringOf(section: Section, devices: Map<string, Device>): Device | undefined {
  const name = deviceOf(section);
  const dot = name.lastIndexOf(".");
  const device = dot < 0 || devices.has(name) ? undefined : devices.get(name.slice(0, dot));
  return device?.vlans.some(({ vlan }) => vlan === Number(name.slice(dot + 1))) ? device : undefined;
}

/** One without anything of its own comes with the filter; of another the name does. */
function readVlan(section: Section, _bridge: Device, reading: Reading): void {
  const { proto } = section.options;
  const isPlain =
    proto === "none" && Object.keys(section.options).every((key) => ["device", "ifname", "proto"].includes(key));
  if (!isPlain) readLogical({ ...section, name: uciName(deviceOf(section)) }, {}, reading);
}

function readOne(section: Section, devices: Map<string, Device>, reading: Reading): void {
  const device = devices.get(deviceOf(section));
  // Two logical interfaces may share a device: the first tells of it.
  const told = device && !device.used ? ofDevice(device) : {};
  if (device) device.used = true;
  readLogical(section, told, reading);
}

function ofDevice({ name, options, vlans }: Device): Block {
  const { type, ports, bridge_empty: _, vlan_filtering: __, macaddr, ifname, ...rest } = options;
  const cast = typed(rest as Section["options"], {
    numbers: [...layer2.numbers, ...bridgeOptions.numbers],
    flags: [...layer2.flags, ...bridgeOptions.flags],
    lists: ["ingress_qos_mapping", "egress_qos_mapping"],
  });
  const block: Block = { ...cast, ...(macaddr === undefined ? {} : { mac: macaddr }) };
  if (type === "bridge") {
    const filter = vlans.length > 0 ? { vlan_filtering: vlans } : {};
    return { ...block, type, name: bridgeName(name), bridge_members: wordsOf(ports), ...filter };
  }
  if (typeof type === "string" && vlanTypes.has(type))
    return { ...block, type, name: ifname ?? name.slice(0, name.lastIndexOf(".")), vid: Number(cast["vid"]) };
  return { ...block, ...(type === undefined ? {} : { devtype: type }) };
}

/** What all that have resolvers say alike is said once for the device, where each of them would be told it again. */
function hoistResolvers(reading: Reading): void {
  const proto = (block: Block): unknown => ((block["addresses"] ?? []) as Block[])[0]?.["proto"];
  for (const { key, top, isTold } of [
    { key: "dns", top: "dns_servers", isTold: (block: Block) => proto(block) === "static" },
    { key: "dns_search", top: "dns_search", isTold: (block: Block) => proto(block) !== undefined },
  ]) {
    const having = reading.all("interfaces").filter((one) => one[key] !== undefined);
    const [first] = new Set(having.map((one) => wordsOf(one[key]).join(" ")));
    const isSame = having.every((one) => wordsOf(one[key]).join(" ") === first && isTold(one));
    if (first === undefined || !isSame) continue;
    reading.set(top, first.split(" "));
    for (const one of having) delete one[key];
  }
}
