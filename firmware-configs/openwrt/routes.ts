import { netmaskOf, networkOf, readCidr, writeAddress } from "../ip.ts";
import { type Block, drop, optionsOf, put, rename, uciName } from "../uci/index.ts";
import { blocksOf, named } from "./blocks.ts";
import type { Output } from "./output.ts";
import { type Reading, type Section, typed } from "./reading.ts";

const nameOf = (index: number): string => `route${index + 1}`;

export function renderRoutes(document: Block, output: Output): void {
  for (const { block, path, index } of blocksOf(document, "routes")) {
    const options = optionsOf(block, path);
    const net = readCidr(String(block["destination"]));
    if (!net) continue;
    drop(options, ["name", "destination"]);
    rename(options, "device", "interface");
    rename(options, "next", "gateway");
    rename(options, "cost", "metric");
    const from = `${path}.destination`;
    // The netmask says what of an IPv4 address is the network; IPv6 has it in one word.
    const target = net.version === 4 ? writeAddress(4, net.address) : `${networkOf(net)}/${net.prefix}`;
    put(options, "target", target, from);
    if (net.version === 4) put(options, "netmask", netmaskOf(net.prefix), from);
    const head = { type: net.version === 4 ? "route" : "route6", name: uciName(named(block["name"], nameOf(index))) };
    output.section("network", { ...head, from: path }, options);
  }
}

export function readRoute(section: Section, reading: Reading): void {
  const { target, netmask, interface: device, gateway = "", metric = "0", ...rest } = section.options;
  const net = readCidr(netmask === undefined ? String(target) : `${target}/${netmask}`);
  if (!net) {
    reading.problem(section, `${target} is no network`);
    return;
  }
  const isAuto = section.name === undefined || section.name === nameOf(reading.count("routes"));
  reading.push("routes", {
    ...(isAuto ? {} : { name: section.name }),
    device: device ?? "",
    destination: `${writeAddress(net.version, net.address)}/${net.prefix}`,
    next: gateway,
    cost: Number(metric),
    ...typed(rest, { flags: ["onlink"] }),
  });
}
