import { z } from "zod";
import { agentSettings, problemsIn } from "#wire";
import { boundsProblems } from "./bounds.ts";
import { isSection } from "./openwrt/extras.ts";
import { renderOpenWrt } from "./openwrt/render.ts";
import { general } from "./schema/general.ts";
import { hotspot } from "./schema/hotspot.ts";
import { interfaces } from "./schema/interfaces.ts";
import { radios } from "./schema/radios.ts";
import { ipRules, routes } from "./schema/routes.ts";
import { sensors } from "./schema/sensors.ts";
import { files, leds, ntp, switches } from "./schema/system.ts";
import { host, ipOrNone, unique } from "./schema/values.ts";
import { openvpn, wireguardPeers, zerotier } from "./schema/vpn.ts";
import { isKnownSection } from "./sections.ts";
import type { Block } from "./uci/index.ts";

/** Everything about one device that is wanted: NetJSON DeviceConfiguration, and beside it what only this product knows.
 *  Each section is a subject; one that is absent is left alone. Keys that are not listed go to the device as they are. */
export const configDocument = z.looseObject({
  type: z.literal("DeviceConfiguration").optional(),
  general: general.optional(),
  interfaces: interfaces.optional(),
  radios: radios.optional(),
  dns_servers: unique(ipOrNone).optional(),
  dns_search: unique(host).optional(),
  routes: routes.optional(),
  ip_rules: ipRules.optional(),
  ntp: ntp.optional(),
  switch: switches.optional(),
  led: leds.optional(),
  openvpn: openvpn.optional(),
  wireguard_peers: wireguardPeers.optional(),
  zerotier: z.union([zerotier, z.array(z.looseObject({ config_name: z.string() }))]).optional(),
  files: files.optional(),
  hotspot: hotspot.optional(),
  sensors: sensors.optional(),
  /** The agent itself: how often and what it measures, and where it connects to. */
  agent: z.optional(agentSettings),
});
export type ConfigDocument = z.infer<typeof configDocument>;

export interface Problem {
  path: string;
  message: string;
}

/** What keeps a document from being rendered, by path; empty: nothing. */
export function renderProblems(value: unknown): Problem[] {
  const bounds = boundsProblems(value);
  if (bounds.length > 0) return bounds;
  const faults = problemsIn(configDocument, value);
  return faults.length > 0 ? faults : renderOpenWrt(value as Block).problems;
}

/** What nobody reads: neither ours nor a section in the words of UCI. */
export const strays = (document: object): Problem[] =>
  Object.entries(document).flatMap(([key, value]) => {
    if (isKnownSection(key)) return [];
    const wrong = Array.isArray(value) ? value.flatMap((one, i) => (isSection(one) ? [] : [`${key}.${i}`])) : [key];
    return wrong.map((path) => ({ path, message: "there is no such setting" }));
  });

/** All that is wrong with a document, by path; empty: nothing. */
export function documentProblems(value: unknown): Problem[] {
  const problems = renderProblems(value);
  return problems.length > 0 ? problems : strays(value as object);
}
