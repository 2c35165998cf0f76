import { type Block, type ReadPackages, readUci } from "../uci/index.ts";
import { readGlobals, readSystem } from "./general.ts";
import { readLed } from "./leds.ts";
import { readNetwork } from "./network.ts";
import { readNtp } from "./ntp.ts";
import { readOpenVpn } from "./openvpn.ts";
import { readHotspot, readSensor } from "./ours-read.ts";
import type { Problem } from "./output.ts";
import { readRadio } from "./radios.ts";
import { createReading, type Reading, type Section, sectionOf } from "./reading.ts";
import { readRoute } from "./routes.ts";
import { readRule } from "./rules.ts";
import { readSwitch, readSwitchVlan } from "./switches.ts";
import { readWifi } from "./wifi.ts";
import { isPeer, readPeer } from "./wireguard.ts";
import { readZeroTier, readZeroTierNetwork } from "./zerotier.ts";

type Read = (section: Section, reading: Reading) => void;

/** Which sections are read by what, in the order in which they need each other. */
const readers: { package: string; types: (type: string) => boolean; read: Read }[] = [
  { package: "system", types: is("system"), read: readSystem },
  { package: "network", types: is("globals"), read: readGlobals },
  { package: "system", types: is("timeserver"), read: readNtp },
  { package: "system", types: is("led"), read: readLed },
  { package: "network", types: is("route", "route6"), read: readRoute },
  { package: "network", types: is("rule", "rule6"), read: readRule },
  { package: "network", types: is("switch"), read: readSwitch },
  { package: "network", types: is("switch_vlan"), read: readSwitchVlan },
  { package: "wireless", types: is("wifi-device"), read: readRadio },
  { package: "wireless", types: is("wifi-iface"), read: readWifi },
  { package: "openvpn", types: is("openvpn"), read: readOpenVpn },
  { package: "network", types: isPeer, read: readPeer },
  { package: "zerotier", types: is("zerotier"), read: readZeroTier },
  { package: "zerotier", types: is("network"), read: readZeroTierNetwork },
  { package: "lamplighter", types: is("hotspot"), read: readHotspot },
  { package: "lamplighter", types: is("sensor"), read: readSensor },
];
const logical = is("interface", "device", "bridge-vlan");

function is(...types: string[]): (type: string) => boolean {
  return (type) => types.includes(type);
}

export interface Imported {
  document: Block;
  /** What could not be understood, by package and section. */
  problems: Problem[];
}

/** A document that renders to what was read. What this product knows nothing of is kept in the words of UCI. */
export function readOpenWrt(text: string): Imported {
  return documentOf(readUci(text));
}

export function documentOf(packages: ReadPackages): Imported {
  const { reading, document, problems } = createReading();
  const rest = new Map(
    [...packages].map(([name, sections]) => [name, sections.map((section) => sectionOf(name, section))]),
  );
  const takeOut = (name: string, types: (type: string) => boolean): Section[] => {
    const sections = rest.get(name) ?? [];
    rest.set(
      name,
      sections.filter(({ type }) => !types(type)),
    );
    return sections.filter(({ type }) => types(type));
  };
  readNetwork(takeOut("network", logical), reading);
  for (const { package: name, types, read } of readers)
    for (const section of takeOut(name, types)) read(section, reading);
  for (const [name, sections] of rest) {
    const auto = new Map<Section, string>(sections.map((section, i) => [section, `${section.type}_${i + 1}`]));
    for (const section of sections) reading.push(name, extraOf(section, auto.get(section) as string));
  }
  return { document, problems };
}

function extraOf({ type, name, options }: Section, auto: string): Block {
  return { config_name: type, ...(name === undefined || name === auto ? {} : { config_value: name }), ...options };
}
