import { z } from "zod";
import { cidr, flag, ipOrNone, key, sectionName, text, unique, whole } from "./values.ts";

const digits = text(10).regex(/^\d*$/, "a number");
const kinds = [
  "unicast",
  "local",
  "broadcast",
  "multicast",
  "unreachable",
  "prohibit",
  "blackhole",
  "anycast",
] as const;
export const routes = unique(
  z.looseObject({
    name: key(sectionName, "name of the UCI section"),
    device: text(64).meta({ description: "logical interface" }),
    destination: cidr,
    next: ipOrNone.meta({ description: "next hop; empty: on the link itself" }),
    cost: whole(0, 4_294_967_295).meta({ description: "the lowest goes first", default: 0 }),
    source: key(text(50), "sender's address"),
    type: key(z.enum(kinds, `one of ${kinds.join(", ")}`), "kind of the route", { default: "unicast" }),
    mtu: key(digits, "longest packet", { unit: "bytes" }),
    table: key(digits, "routing table"),
    onlink: key(flag, "the next hop is on the link whatever its address", { default: false }),
  }),
);

const actions = ["prohibit", "unreachable", "blackhole", "throw"] as const;
export const ipRules = unique(
  z.looseObject({
    name: key(sectionName, "name of the UCI section"),
    in: key(text(64), "logical interface on which it comes"),
    out: key(text(64), "logical interface by which it goes"),
    src: key(cidr, "from where"),
    dest: key(cidr, "to where"),
    tos: key(whole(0, 255), "type of service"),
    mark: key(text(32), "mark, or mark/mask"),
    lookup: key(text(32), "routing table to look into"),
    action: key(z.enum(actions, `one of ${actions.join(", ")}`), "what happens instead"),
    goto: key(whole(0, 4_294_967_295), "rule to go on with"),
    invert: key(flag, "what does not fit", { default: false }),
  }),
);
