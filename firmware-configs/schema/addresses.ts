import { z } from "zod";
import { documentLimits } from "../limits.ts";
import { ipv4, ipv4OrNone, ipv6, ipv6OrNone, key, unique, whole } from "./values.ts";

const dhcp = z.looseObject({
  proto: z.literal("dhcp"),
  family: z.enum(["ipv4", "ipv6"], "ipv4 or ipv6").meta({ description: "ipv6: DHCPv6" }),
});
const static4 = z.looseObject({
  proto: z.literal("static"),
  family: z.literal("ipv4"),
  address: ipv4,
  mask: whole(8, 32).meta({ description: "length of the network's prefix", unit: "bits" }),
  gateway: key(ipv4OrNone, "next hop of everything else"),
});
const static6 = z.looseObject({
  proto: z.literal("static"),
  family: z.literal("ipv6"),
  address: ipv6,
  mask: whole(4, 128).meta({ description: "length of the network's prefix", unit: "bits" }),
  gateway: key(ipv6OrNone, "next hop of everything else"),
});
const statically = z.discriminatedUnion("family", [static4, static6], "the family is ipv4 or ipv6");

export const addresses = unique(
  z.discriminatedUnion("proto", [dhcp, statically], "the proto is static or dhcp"),
  documentLimits.addresses,
);
/** Of tunnels that know no DHCP. */
export const staticAddresses = unique(statically, documentLimits.addresses);
