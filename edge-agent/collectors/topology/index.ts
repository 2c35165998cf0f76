import type { Host } from "../../host/index.ts";
import type { Log } from "../../log.ts";
import type { Collector, Sample } from "../collector.ts";
import { parseArp, parseDefaultRoute, parseHardwareAddress, parseNeighbours, topologyLimits } from "./parse.ts";

/** Cables are seldom moved. */
export const topologyEveryMs = 5 * 60_000;
const lldpTimeoutMs = 3_000;
const net = "/sys/class/net";
/** VLANs over bonds over bridges; more is something else. */
const deepest = 4;

export interface TopologyNeeds {
  host: Pick<Host, "files" | "programs" | "time">;
  log: Log;
}

/** Where the device hangs: network equipment at its cables, its default gateway, and its own addresses, by which others
 *  know it. A device without LLDP gives none of the first, and says so once. */
export function createTopologyCollector({ host, log }: TopologyNeeds): Collector {
  const { files, programs, time } = host;
  let next = Number.NEGATIVE_INFINITY;
  let absent = false;
  const read = (path: string): Promise<string> => files.read(path).catch(() => "");
  const list = (path: string): Promise<string[]> => files.list(path).catch(() => []);
  const isWireless = async (name: string): Promise<boolean> => (await list(`${net}/${name}/phy80211`)).length > 0;

  async function lldp(): Promise<string> {
    if (absent) return "";
    try {
      return (await programs.run("lldpcli", ["-f", "json0", "show", "neighbors"], { timeoutMs: lldpTimeoutMs })).stdout;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code === "ENOENT") absent = true;
      if (next === Number.NEGATIVE_INFINITY || absent)
        log.info(`topology: ${absent ? "there is no lldpcli" : "lldpcli does not answer"}, neighbours are left out`);
      return "";
    }
  }

  /** What carries an interface in the end: the ports of a bridge or a bond, what a VLAN runs over. */
  async function portsBelow(name: string, depth = 1): Promise<string[]> {
    const lower = (await list(`${net}/${name}`)).flatMap((entry) => /^lower_(.+)$/.exec(entry)?.[1] ?? []);
    if (lower.length === 0 || depth >= deepest) return [name];
    const below: string[] = [];
    for (const one of lower.slice(0, topologyLimits.ports)) below.push(...(await portsBelow(one, depth + 1)));
    return below;
  }

  /** Ports by which the way out may lead. */
  async function uplinksOf(name: string | undefined): Promise<string[]> {
    if (name === undefined) return [];
    const wired: string[] = [];
    for (const port of await portsBelow(name)) if (!(await isWireless(port))) wired.push(port);
    return wired;
  }

  async function neighbours(uplinks: readonly string[]): Promise<Sample[]> {
    const samples: Sample[] = [];
    for (const { interface: name, ...f } of parseNeighbours(await lldp())) {
      // Whoever speaks LLDP over the air may be a guest.
      if (await isWireless(name)) continue;
      const uplink = !uplinks.includes(name) ? 0 : uplinks.length === 1 ? 1 : undefined;
      const known = uplinks.length === 0 || uplink === undefined ? {} : { uplink };
      samples.push({ m: "neighbour", t: { interface: name }, f: { ...f, ...known } });
    }
    return samples;
  }

  async function gateway(route: { interface: string; address: string } | undefined): Promise<Sample[]> {
    if (!route) return [];
    const hardware_address = parseArp(await read("/proc/net/arp"), route);
    const f = { address: route.address, ...(hardware_address === undefined ? {} : { hardware_address }) };
    return [{ m: "gateway", t: { interface: route.interface }, f }];
  }

  /** Hardware and bridges; what programs made for themselves says nothing of the device. */
  async function ports(): Promise<Sample[]> {
    const samples: Sample[] = [];
    for (const name of (await list(net)).sort().slice(0, topologyLimits.ports)) {
      const hardware_address = parseHardwareAddress(await read(`${net}/${name}/address`));
      if (hardware_address === undefined) continue;
      const [device, bridge] = [await list(`${net}/${name}/device`), await list(`${net}/${name}/bridge`)];
      if (device.length > 0 || bridge.length > 0)
        samples.push({ m: "port", t: { interface: name }, f: { hardware_address } });
    }
    return samples;
  }

  return {
    name: "topology",
    async collect() {
      const now = time.monotonic();
      if (now < next) return [];
      const route = parseDefaultRoute(await read("/proc/net/route"));
      const samples = [
        ...(await neighbours(await uplinksOf(route?.interface))),
        ...(await gateway(route)),
        ...(await ports()),
      ];
      next = now + topologyEveryMs;
      return samples;
    },
  };
}
