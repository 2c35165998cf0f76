import { networkOf, readAddress, readCidr, writeAddress } from "../ip.ts";
import { blocksOf, named } from "../openwrt/blocks.ts";
import type { Block } from "../uci/index.ts";
import { deviceOf } from "./networkd.ts";
import type { Output } from "./output.ts";

/** Addresses and names for the clients of hotspots: the networks of a plain Linux access point that have clients. */
export function renderDnsmasq(document: Block, output: Output): void {
  const hotspots = blocksOf(document, "hotspot").filter(({ block }) => block["disabled"] !== true);
  const interfaces = blocksOf(document, "interfaces");
  const served = hotspots.flatMap(({ block, path }) => {
    const own = interfaces.find((one) => named(one.block["network"], one.block["name"]) === block["network"]);
    const address = ((own?.block["addresses"] ?? []) as Block[]).find(
      ({ proto, family }) => proto === "static" && family === "ipv4",
    );
    // Elsewhere somebody else gives addresses.
    return own && address ? [{ device: deviceOf(own.block), address, path, minutes: minutesOf(block) }] : [];
  });
  if (served.length === 0) return;
  const put = output.file("/etc/dnsmasq.d/lamplighter.conf", "0644");
  put("bind-dynamic", served[0]?.path ?? "");
  put("domain-needed", served[0]?.path ?? "");
  put("bogus-priv", served[0]?.path ?? "");
  const servers = (document["dns_servers"] ?? []) as string[];
  if (servers.length > 0) put("no-resolv", "dns_servers");
  for (const [i, server] of servers.entries()) put(`server=${server}`, `dns_servers.${i}`);
  for (const { device, address, path, minutes } of served) {
    put(`interface=${device}`, `${path}.network`);
    const range = rangeOf(String(address["address"]), Number(address["mask"]));
    if (!range) output.problem(`${path}.network`, "its network has no room for clients");
    else put(`dhcp-range=${range.first},${range.last},${range.netmask},${minutes}m`, `${path}.network`);
  }
}

/** Leases outlive a session, so that nobody changes address within one. */
const minutesOf = ({ per_client: limits }: Block): number =>
  Math.max(60, Number(((limits ?? {}) as Block)["session_minutes"] ?? 0));

/** All but the network itself, its broadcast, and whatever lies up to our own address. */
function rangeOf(address: string, mask: number) {
  const net = readCidr(`${address}/${mask}`);
  const own = readAddress(address);
  if (!net || !own || mask > 29) return undefined;
  const start = readAddress(networkOf(net))?.address ?? 0n;
  const size = 1n << BigInt(32 - mask);
  const end = start + size - 2n;
  const [below, above] = [own.address - start - 1n, end - own.address];
  const [first, last] = above >= below ? [own.address + 1n, end] : [start + 1n, own.address - 1n];
  const netmask = writeAddress(4, ((1n << 32n) - 1n) ^ (size - 1n));
  return { first: writeAddress(4, first), last: writeAddress(4, last), netmask };
}
