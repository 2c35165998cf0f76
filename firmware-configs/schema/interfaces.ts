import { z } from "zod";
import { documentLimits } from "../limits.ts";
import { addresses, staticAddresses } from "./addresses.ts";
import { base64Key, deviceName, flag, key, macOrNone, networkName, port, text, unique, whole } from "./values.ts";
import { wireless } from "./wireless.ts";

const shared = {
  name: deviceName.meta({ description: "as the kernel names it" }),
  network: key(networkName, "logical name on OpenWrt", { default: "the name, with underscores for dots and dashes" }),
  mtu: key(whole(68, 65_535), "longest packet", { unit: "bytes", default: 1500 }),
  disabled: key(flag, "off, without forgetting the rest", { default: false }),
};
const settings = {
  ...shared,
  mac: key(macOrNone, "hardware address instead of its own"),
  autostart: key(flag, "comes up at start", { default: true }),
  addresses: addresses.optional(),
};

const plain = z.looseObject({ type: z.enum(["ethernet", "virtual", "loopback", "other"]), ...settings });
const radio = z.looseObject({ type: z.literal("wireless"), ...settings, wireless: wireless.optional() });

const vlan = z.looseObject({
  vlan: whole(0, 4094).meta({ description: "number of the VLAN" }),
  ports: key(
    z.array(
      z.looseObject({
        ifname: deviceName,
        tagging: z.enum(["t", "u"], "t or u").meta({ description: "frames leave tagged (t) or untagged (u)" }),
        primary_vid: key(flag, "frames that come in untagged belong to it", { default: false }),
      }),
    ),
    "ports of the bridge that carry it",
  ),
});
/** What comes in untagged on a port can belong to one VLAN only. */
function primaryOnce(vlans: z.infer<typeof vlan>[], ctx: z.RefinementCtx): void {
  const taken = new Set<string>();
  for (const [i, { ports = [] }] of vlans.entries())
    for (const [j, { ifname, primary_vid: isPrimary }] of ports.entries()) {
      if (!isPrimary) continue;
      const message = `${ifname} has a primary VLAN already`;
      if (taken.has(ifname)) ctx.addIssue({ code: "custom", message, path: [i, "ports", j, "primary_vid"] });
      taken.add(ifname);
    }
}
const bridge = z.looseObject({
  type: z.literal("bridge"),
  ...settings,
  bridge_members: unique(deviceName).meta({ description: "interfaces that it joins; none: an empty bridge" }),
  stp: key(flag, "spanning tree: loops are cut", { default: false }),
  forward_delay: key(whole(2, 30), "listening and learning", { unit: "s", default: 4 }),
  hello_time: key(whole(1, 10), "between two hellos", { unit: "s", default: 2 }),
  priority: key(whole(0, 65_535), "the lowest becomes root", { default: 32_767 }),
  ageing_time: key(whole(10, 1_000_000), "an address not seen is forgotten after", { unit: "s", default: 300 }),
  max_age: key(whole(0, 40), "a lost link is noticed after", { unit: "s", default: 20 }),
  igmp_snooping: key(flag, "multicast goes only where it is wanted", { default: false }),
  multicast_querier: key(flag, "asks who wants which multicast", { default: false }),
  query_interval: key(whole(0, 1_000_000), "between two questions", { unit: "1/100 s", default: 12_500 }),
  query_response_interval: key(whole(0, 1_000_000), "time to answer", { unit: "1/100 s", default: 1000 }),
  last_member_interval: key(whole(0, 1_000_000), "time to answer when one left", { unit: "1/100 s", default: 100 }),
  hash_max: key(whole(0, 1_000_000), "multicast groups that it knows", { default: 512 }),
  robustness: key(whole(0, 255), "lost questions that it bears", { default: 2 }),
  vlan_filtering: z.array(vlan).max(documentLimits.items).superRefine(primaryOnce).optional(),
});

const qos = unique(text(16).regex(/^\d+:\d+$/, "two numbers, such as 1:1"));
const tagged = z.looseObject({
  type: z.enum(["8021q", "8021ad"]),
  ...settings,
  name: deviceName.meta({ description: "interface that carries the VLAN" }),
  vid: whole(0, 4094).meta({ description: "number of the VLAN" }),
  ingress_qos_mapping: key(qos, "priority of the VLAN to that of the system"),
  egress_qos_mapping: key(qos, "priority of the system to that of the VLAN"),
});

const dialled = ["3g", "6in4", "aiccu", "l2tp", "ncm", "ppp", "pppoa", "pppoe", "pptp", "qmi", "wwan"] as const;
const dialup = z.looseObject({
  type: z.literal("dialup"),
  ...settings,
  proto: z.enum(dialled, `one of ${dialled.join(", ")}`),
  username: text(),
  password: text(),
});
const modem = z.looseObject({
  type: z.literal("modem-manager"),
  ...shared,
  apn: key(text(), "access point name of the mobile network"),
  pin: key(text(16), "of the SIM"),
  device: text().meta({ description: "path of the modem" }),
  username: key(text(), "of the mobile network"),
  password: key(text(), "of the mobile network"),
  metric: key(whole(0, 1_000_000), "the lowest goes first", { default: 50 }),
  iptype: key(z.enum(["ipv4", "ipv6", "ipv4v6"], "ipv4, ipv6 or ipv4v6"), "addresses asked for", { default: "ipv4" }),
  lowpower: key(flag, "low power mode", { default: false }),
  signalrate: key(whole(0, 86_400), "between two looks at the signal", { unit: "s" }),
  force_link: key(flag, "stays set up when the carrier goes", { default: true }),
  loglevel: key(z.enum(["ERR", "WARN", "INFO", "DEBUG"], "ERR, WARN, INFO or DEBUG"), "what is logged", {
    default: "ERR",
  }),
});
const wireguard = z.looseObject({
  type: z.literal("wireguard"),
  ...shared,
  private_key: base64Key.meta({ description: "its own private key", secret: true }),
  port: key(port, "UDP port on which it listens", { default: 51_820 }),
  nohostroute: key(flag, "no routes to the other ends are made", { default: false }),
  fwmark: key(text(16), "mark of its own packets"),
  ip6prefix: key(z.array(text(50)), "IPv6 prefixes for other interfaces"),
  addresses: staticAddresses.optional(),
});
const vxlan = z.looseObject({
  type: z.literal("vxlan"),
  ...shared,
  mac: key(macOrNone, "hardware address instead of its own"),
  vtep: text(253).min(1, "the other end").meta({ description: "address of the other end" }),
  port: port.meta({ description: "UDP port", default: 4789 }),
  vni: z
    .union([whole(1, 16_777_215), text(8).regex(/^[1-9]\d{0,7}$/, "a number")])
    .refine((vni) => Number(vni) <= 16_777_215, "at most 16777215")
    .meta({ description: "network identifier" }),
  tunlink: text(15).meta({ description: "interface that carries it" }),
  rxcsum: key(flag, "checksums of what comes are looked at", { default: true }),
  txcsum: key(flag, "checksums are sent", { default: true }),
  ttl: key(whole(0, 255), "hops of the outer packet", { default: 64 }),
});

export const interfaces = unique(
  z.discriminatedUnion("type", [plain, radio, bridge, tagged, dialup, modem, wireguard, vxlan], {
    error:
      "the type is ethernet, virtual, loopback, other, wireless, bridge, 8021q, 8021ad, dialup, modem-manager, wireguard or vxlan",
  }),
  documentLimits.interfaces,
);
