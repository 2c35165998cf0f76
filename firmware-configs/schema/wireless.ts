import { z } from "zod";
import { utf8Length } from "#wire";
import { accessPointEncryption, meshEncryption, stationEncryption } from "./encryption.ts";
import { flag, key, mac, macOrNone, networkName, sectionName, text, unique, whole, word } from "./values.ts";

const shared = {
  id: key(sectionName, "name of the UCI section"),
  radio: text(32).min(2, "at least 2 letters").meta({ description: "name of one of the radios" }),
  network: key(unique(networkName), "networks that it is part of", {
    default: "the bridge or interface that names it",
  }),
  ack_distance: key(whole(0, 100_000), "to the farthest client; 0: not set", { unit: "m" }),
  rts_threshold: key(whole(0, 2346), "frames longer than this ask first; 0: not set", { unit: "bytes" }),
  frag_threshold: key(whole(0, 2346), "frames longer than this are cut; 0: not set", { unit: "bytes" }),
};
const ssid = text(32)
  .refine((name) => utf8Length(name) <= 32, "at most 32 bytes in UTF-8")
  .meta({ description: "name that people see" });
const wds = key(flag, "carries whole bridges (four addresses)", { default: false });

const accessPoint = z.looseObject({
  mode: z.literal("access_point"),
  ...shared,
  ssid,
  hidden: key(flag, "the name is not sent out", { default: false }),
  wds,
  wmm: key(flag, "quality of service; 802.11n and later need it", { default: true }),
  isolate: key(flag, "clients do not hear each other", { default: false }),
  ieee80211r: key(flag, "clients move between access points without signing in anew", { default: false }),
  reassociation_deadline: key(whole(1000, 65_535), "how long moving may take", { unit: "TU", default: 1000 }),
  ft_psk_generate_local: key(flag, "keys of other access points are worked out here", { default: false }),
  ft_over_ds: key(flag, "moving is agreed over the wire", { default: true }),
  rsn_preauth: key(flag, "clients of 802.1X may sign in before they move", { default: false }),
  macfilter: key(z.enum(["disable", "allow", "deny"], "disable, allow or deny"), "what maclist says", {
    default: "disable",
  }),
  maclist: key(z.array(mac), "hardware addresses of clients"),
  encryption: accessPointEncryption.optional(),
});
const station = z.looseObject({
  mode: z.literal("station"),
  ...shared,
  ssid,
  bssid: key(macOrNone, "of the one access point that will do"),
  wds,
  encryption: stationEncryption.optional(),
});
const adhoc = z.looseObject({
  mode: z.literal("adhoc"),
  ...shared,
  ssid,
  bssid: mac.meta({ description: "of the cell" }),
  encryption: meshEncryption.optional(),
});
const monitor = z.looseObject({ mode: z.literal("monitor"), ...shared });
const mesh = z.looseObject({
  mode: z.literal("802.11s"),
  ...shared,
  mesh_id: word(32).meta({ description: "name of the mesh" }),
  encryption: meshEncryption.optional(),
});

export const wireless = z.discriminatedUnion("mode", [accessPoint, station, adhoc, monitor, mesh], {
  error: "the mode is access_point, station, adhoc, monitor or 802.11s",
});
