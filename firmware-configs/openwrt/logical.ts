import { contains, readAddress, readCidr, writeAddress } from "../ip.ts";
import { type Block, uciName } from "../uci/index.ts";
import { bridgeName, bridgeOptions, layer2 } from "./devices.ts";
import { type Reading, type Section, typed, wordsOf } from "./reading.ts";

const addressed = new Set(["static", "dhcp", "dhcpv6", "none"]);
const dialled = new Set(["3g", "6in4", "aiccu", "l2tp", "ncm", "ppp", "pppoa", "pppoe", "pptp", "qmi", "wwan"]);
const loopbacks = new Set(["lo", "lo0", "loopback"]);

/** @param told what the device's own section says */
export function readLogical(section: Section, told: Block, reading: Reading): void {
  const { proto = "none", ...options } = { ...section.options };
  const name = section.name ?? "";
  const kind = String(proto);
  const { device, ifname, type, ...rest } = options;
  const wrong: Wrong = (message) => reading.problem(section, message);
  const block: Block = { ...typed(rest, general), ...told };
  if (kind === "wireguard") {
    reading.push("interfaces", tunnelOf(name, block, wrong));
    return;
  }
  if (type === "bridge") legacyBridge(block, { name, ifname });
  else block["name"] ??= ifname ?? device ?? name;
  // Both are named where the protocol makes the interface on another device, such as a modem.
  if (ifname !== undefined && device !== undefined) block["device"] = device;
  block["type"] ??= loopbacks.has(String(block["name"])) ? "loopback" : "ethernet";
  if (name !== uciName(String(block["name"]))) block["network"] = name;
  rename(block, "auto", "autostart");
  if (block["enabled"] !== undefined) block["disabled"] = block["enabled"] === false;
  delete block["enabled"];
  rename(block, "macaddr", "mac");
  if (addressed.has(kind)) addresses(block, kind, wrong);
  else byProtocol(block, kind, wrong);
  reading.push("interfaces", block);
}

type Wrong = (message: string) => void;

const general = {
  numbers: [...layer2.numbers, ...bridgeOptions.numbers],
  flags: ["auto", "enabled", ...layer2.flags, ...bridgeOptions.flags],
};

function rename(block: Block, key: string, to: string): void {
  if (block[key] === undefined) return;
  block[to] = block[key];
  delete block[key];
}

/** As it was written before OpenWrt 21. */
function legacyBridge(block: Block, { name, ifname }: { name: string; ifname: string | string[] | undefined }): void {
  block["type"] = "bridge";
  block["name"] = bridgeName(name.replace(/^br_/, ""));
  block["bridge_members"] = wordsOf(ifname);
  delete block["bridge_empty"];
}

function byProtocol(block: Block, proto: string, wrong: Wrong): void {
  // Who doesn't sign in dials without a type of its own.
  const signsIn = block["username"] !== undefined && block["password"] !== undefined;
  if (dialled.has(proto) && signsIn) Object.assign(block, { type: "dialup", proto });
  else if (proto === "modemmanager" || proto === "modem-manager") {
    block["type"] = "modem-manager";
    rename(block, "pincode", "pin");
    Object.assign(
      block,
      typed(block as Section["options"], { numbers: ["metric", "signalrate"], flags: ["lowpower", "force_link"] }),
    );
  } else if (proto === "vxlan") {
    block["type"] = "vxlan";
    rename(block, "peeraddr", "vtep");
    rename(block, "vid", "vni");
    Object.assign(
      block,
      typed(block as Section["options"], { numbers: ["vni", "port", "ttl"], flags: ["rxcsum", "txcsum"] }),
    );
  } else Object.assign(block, { type: "other", proto });
  if (block["ipaddr"] !== undefined || block["ip6addr"] !== undefined) addresses(block, proto, wrong);
}

function tunnelOf(name: string, { listen_port: port, addresses: given, ...rest }: Block, wrong: Wrong): Block {
  const block: Block = { name, type: "wireguard", ...(port === undefined ? {} : { port }), ...rest };
  const cast = typed(block as Section["options"], { numbers: ["port"], flags: ["nohostroute"], lists: ["ip6prefix"] });
  if (cast["enabled"] !== undefined) cast["disabled"] = cast["enabled"] === false;
  delete cast["enabled"];
  rename(cast, "auto", "autostart");
  return { ...cast, addresses: wordsOf(given).flatMap((one) => fixed(one, undefined, wrong)) };
}

function addresses(block: Block, proto: string, wrong: Wrong): void {
  const { ipaddr, ip6addr, netmask } = block;
  for (const key of ["ipaddr", "ip6addr", ...(ipaddr === undefined ? [] : ["netmask"])]) delete block[key];
  const found: Block[] = proto.startsWith("dhcp")
    ? [{ proto: "dhcp", family: proto === "dhcp" ? "ipv4" : "ipv6" }]
    : [];
  for (const one of wordsOf(ipaddr)) found.push(...fixed(one, netmask, wrong).map((address) => gated(block, address)));
  for (const one of wordsOf(ip6addr))
    found.push(...fixed(one, undefined, wrong).map((address) => gated(block, address)));
  if (found.length > 0) block["addresses"] = found;
}

/** `192.0.2.1`, `192.0.2.1/` and `192.0.2.1/24`; without a length it is the address alone. */
function fixed(text: string, netmask: unknown, wrong: Wrong): Block[] {
  const [alone = "", length] = text.split("/");
  const net = readCidr(length ? text : netmask === undefined ? alone : `${alone}/${netmask}`);
  if (!net) {
    wrong(`${text.slice(0, 60)} is no address`);
    return [];
  }
  const address = writeAddress(net.version, net.address);
  return [{ address, mask: net.prefix, proto: "static", family: `ipv${net.version}` }];
}

/** The gateway belongs to the address in whose network it is. */
function gated(block: Block, address: Block): Block {
  const key = address["family"] === "ipv4" ? "gateway" : "ip6gw";
  const gateway = block[key];
  const [net, there] = [readCidr(`${address["address"]}/${address["mask"]}`), readAddress(String(gateway ?? ""))];
  if (!net || !there || !contains(net, there)) return address;
  delete block[key];
  return { ...address, gateway };
}
