import { netmaskOf } from "../ip.ts";
import { type Block, drop, type Options, optionsOf, put, putList } from "../uci/index.ts";

/** What one logical interface says of its addresses. OpenWrt has one protocol for each, so a device with a fixed address
 *  and DHCP needs two of them. */
export interface Addressing {
  proto: string;
  options: Options;
}

const told = ["proto", "family", "address", "mask", "gateway"];

export function addressingOf(interfaceType: string, addresses: readonly Block[], path: string): Addressing[] {
  if (interfaceType === "wireguard") return [tunnel(addresses, path)];
  if (addresses.length === 0)
    // A radio that only is part of a bridge or of another network needs no logical interface of its own.
    return interfaceType === "wireless" ? [] : [{ proto: "none", options: new Map() }];
  const all = addresses.map((block, i) => ({ block, path: `${path}.addresses.${i}` }));
  const fixed = all.filter(({ block }) => block["proto"] === "static");
  const dynamic = all.filter(({ block }) => block["proto"] !== "static");
  const dhcp = dynamic.map((one) => {
    const options = optionsOf(one.block, one.path);
    drop(options, told);
    return { proto: one.block["family"] === "ipv6" ? "dhcpv6" : "dhcp", options };
  });
  return fixed.length > 0 ? [fixedOf(fixed), ...dhcp] : dhcp;
}

function fixedOf(addresses: { block: Block; path: string }[]): Addressing {
  const options: Options = new Map();
  const of = (family: string) => addresses.filter(({ block }) => block["family"] === family);
  for (const { block, path } of addresses) {
    const more = optionsOf(block, path);
    drop(more, told);
    for (const [key, given] of more) options.set(key, given);
    if (block["gateway"])
      put(options, block["family"] === "ipv4" ? "gateway" : "ip6gw", block["gateway"], `${path}.gateway`);
  }
  const [first, ...others] = of("ipv4");
  if (first && others.length === 0) {
    put(options, "ipaddr", first.block["address"], `${first.path}.address`);
    put(options, "netmask", netmaskOf(Number(first.block["mask"])), `${first.path}.mask`);
  } else if (first) list(options, "ipaddr", [first, ...others]);
  const six = of("ipv6");
  const [only] = six;
  if (only && six.length === 1) put(options, "ip6addr", cidrOf(only.block), `${only.path}.address`);
  else if (six.length > 1) list(options, "ip6addr", six);
  return { proto: "static", options };
}

const cidrOf = ({ address, mask }: Block): string => (mask === undefined ? String(address) : `${address}/${mask}`);

const list = (options: Options, key: string, addresses: { block: Block; path: string }[]): void => {
  const items = addresses.map(({ block, path }) => ({ value: cidrOf(block), from: `${path}.address` }));
  putList(options, key, items, items[0]?.from ?? "");
};

const tunnel = (addresses: readonly Block[], path: string): Addressing => ({
  proto: "wireguard",
  options: new Map([["addresses", { value: addresses.map(cidrOf), from: `${path}.addresses` }]]),
});
