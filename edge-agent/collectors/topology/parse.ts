/** Bounds of what is read of one device. */
export const topologyLimits = { neighbours: 64, ports: 32, textChars: 100 } as const;

export interface Neighbour {
  interface: string;
  system_name?: string;
  chassis?: string;
  port?: string;
  address?: string;
}

type Json = { readonly [key: string]: unknown };
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
/** json0 makes a list of everything, also of what is there once. */
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);
const firstOf = (value: unknown): Json => listOf(value)[0] ?? {};

/** Printable and short; undefined: nothing. */
function word(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const clean = value.replace(/\p{C}/gu, "").trim().slice(0, topologyLimits.textChars);
  return clean === "" ? undefined : clean;
}

const isIpv4 = (text: string | undefined): text is string => /^\d{1,3}(\.\d{1,3}){3}$/.test(text ?? "");
const hardware = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

/** Switches first, then routers, then access points; a host that is none of them may be somebody's computer. */
const equipment = ["Bridge", "Router", "Wlan"];

/** Of `lldpcli -f json0 show neighbors`: the network equipment at each interface, one an interface. Where there are
 *  several (something in between passes LLDP on), a switch is taken before anything else. Never throws. */
export function parseNeighbours(output: string): Neighbour[] {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    return [];
  }
  const found = new Map<string, { rank: number; neighbour: Neighbour }>();
  const all = isObject(json) ? listOf(firstOf(json["lldp"])["interface"]) : [];
  for (const one of all.slice(0, topologyLimits.neighbours)) {
    const name = word(one["name"]);
    const chassis = firstOf(one["chassis"]);
    const rank = rankOf(chassis);
    if (name === undefined || rank < 0) continue;
    const known = found.get(name);
    if (!known || rank < known.rank) found.set(name, { rank, neighbour: neighbourOf(name, chassis, one["port"]) });
  }
  return [...found.values()]
    .map(({ neighbour }) => neighbour)
    .filter(({ chassis, system_name }) => chassis ?? system_name);
}

/** -1: no network equipment, as far as it says. */
function rankOf(chassis: Json): number {
  const enabled = listOf(chassis["capability"]).filter((one) => one["enabled"] === true);
  const types = new Set(enabled.map((one) => one["type"]));
  return equipment.findIndex((type) => types.has(type));
}

function neighbourOf(name: string, chassis: Json, ports: unknown): Neighbour {
  const system_name = word(firstOf(chassis["name"])["value"]);
  const id = word(firstOf(chassis["id"])["value"]);
  const port = portOf(firstOf(ports));
  const address = listOf(chassis["mgmt-ip"])
    .map((one) => word(one["value"]))
    .find(isIpv4);
  return {
    interface: name,
    ...(system_name === undefined ? {} : { system_name }),
    ...(id === undefined ? {} : { chassis: id }),
    ...(port === undefined ? {} : { port }),
    ...(address === undefined ? {} : { address }),
  };
}

/** What is written on a port says more than its hardware address. */
function portOf(port: Json): string | undefined {
  const id = firstOf(port["id"]);
  const value = word(id["value"]);
  return id["type"] === "mac" ? (word(firstOf(port["descr"])["value"]) ?? value) : value;
}

/** Of /proc/net/route: the default route that is used, in the order of the kernel. */
export function parseDefaultRoute(text: string): { interface: string; address: string } | undefined {
  const routes = text.split("\n").flatMap((line) => {
    const [name = "", destination, gateway = "", flags = "", , , metric = "", mask] = line.trim().split(/\s+/);
    const isDefault = destination === "00000000" && mask === "00000000" && (Number.parseInt(flags, 16) & 3) === 3;
    if (!isDefault || !/^[0-9A-F]{8}$/i.test(gateway)) return [];
    // Four bytes in the order of a little-endian machine.
    const address = (gateway.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16));
    return [{ interface: name, address: address.join("."), metric: Number(metric) || 0 }];
  });
  const [best] = routes.sort((a, b) => a.metric - b.metric);
  return best && { interface: best.interface, address: best.address };
}

/** Of /proc/net/arp: the hardware address of a neighbour that answered. */
export function parseArp(text: string, { interface: name, address }: { interface: string; address: string }) {
  for (const line of text.split("\n")) {
    const [ip, , flags = "", at = "", , device] = line.trim().split(/\s+/);
    const isComplete = (Number.parseInt(flags, 16) & 2) === 2;
    if (ip === address && device === name && isComplete) return parseHardwareAddress(at);
  }
  return undefined;
}

/** undefined: none, or of nothing that has one. */
export function parseHardwareAddress(text: string): string | undefined {
  const address = text.trim().toLowerCase();
  return hardware.test(address) && address !== "00:00:00:00:00:00" ? address : undefined;
}
