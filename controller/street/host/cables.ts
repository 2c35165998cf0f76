import { chance } from "../chance.ts";
import { devices, type TownDevice } from "../town/devices.ts";
import { sites } from "../town/sites.ts";
import type { StreetDevice } from "./device.ts";

export interface Cables {
  /** Of its own cable port. */
  hardwareAddress: string;
  gateway: { address: string; hardwareAddress: string };
  /** What its cable leads to, as LLDP tells it; null: a column's radio, and no cable. */
  neighbour: { name: string; chassis: string; port: string; address: string; capabilities: readonly string[] } | null;
}

const ports = 24;

/** Where a device hangs: at its site's switch, which is demo data and no device of ours, or at an access point's second
 *  port. */
export function cablesOf({ seed, key, site, behind }: StreetDevice): Cables {
  const network = `10.${
    64 +
    Math.max(
      0,
      sites.findIndex((one) => one.key === site.key),
    )
  }.0`;
  const before = devices.find((one) => one.key === behind);
  return {
    hardwareAddress: addressOf(seed, key),
    gateway: { address: `${network}.1`, hardwareAddress: addressOf(seed, `${site.key} gateway`) },
    neighbour: before
      ? {
          ...{ name: `demo-${before.key}`, chassis: addressOf(seed, before.key), port: "lan2" },
          ...{ address: `${network}.${10 + portOf(before)}`, capabilities: ["Bridge", "Wlan"] },
        }
      : site.uplink === "mesh"
        ? null
        : {
            ...{ name: `sw-${site.key}-1`, chassis: addressOf(seed, `${site.key} switch`) },
            ...{ port: String(portOf({ key, site })), address: `${network}.2`, capabilities: ["Bridge"] },
          },
  };
}

/** Its place among the devices of its site; of a crowd, any. */
function portOf({ key, site }: Pick<TownDevice, "key" | "site">): number {
  const place = devices.filter((one) => one.site.key === site.key).findIndex((one) => one.key === key);
  return place >= 0 ? place + 1 : 1 + (Number(/\d+$/.exec(key)?.[0] ?? 0) % ports);
}

/** Made up, of the locally administered range. */
function addressOf(seed: number, name: string): string {
  const byte = (n: number): string =>
    Math.floor(chance(seed, name, "port", n) * 256)
      .toString(16)
      .padStart(2, "0");
  return `06:${[1, 2, 3, 4, 5].map(byte).join(":")}`;
}

/** `lldpcli -f json0 show neighbors`. */
export function lldpText({ neighbour }: Cables): string {
  if (!neighbour) return '{ "lldp": [ {} ] }';
  const { name, chassis, port, address, capabilities } = neighbour;
  const value = (text: string) => [{ value: text }];
  const types = ["Bridge", "Router", "Wlan", "Station"];
  const capability = types.map((type) => ({ type, enabled: capabilities.includes(type) }));
  const told = { id: [{ type: "mac", value: chassis }], name: value(name), "mgmt-ip": value(address), capability };
  const ends = [{ id: [{ type: "local", value: port }], descr: value(`port ${port}`), ttl: value("120") }];
  const one = { name: "eth0", via: "LLDP", rid: "1", age: "0 day, 00:10:00", chassis: [told], port: ends };
  return JSON.stringify({ lldp: [{ interface: [one] }] });
}

/** What the kernel says of it. */
export function cableFiles({ hardwareAddress, gateway }: Cables): Record<string, string> {
  const bytes = gateway.address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  const route = ["eth0", "00000000", bytes.reverse().join("").toUpperCase(), "0003", "0", "0", "0", "00000000"];
  const arp = [gateway.address, "0x1", "0x2", gateway.hardwareAddress, "*", "eth0"];
  return {
    "/proc/net/route": `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n${route.join("\t")}\n`,
    "/proc/net/arp": `IP address HW type Flags HW address Mask Device\n${arp.join(" ")}\n`,
    "/sys/class/net/eth0/address": `${hardwareAddress}\n`,
    "/sys/class/net/eth0/device/vendor": "demo\n",
  };
}
