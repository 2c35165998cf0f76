/** Top-level keys of a document that are not packages of UCI. */
const known = new Set([
  "type",
  "general",
  "hardware",
  "operating_system",
  "ntp",
  "led",
  "interfaces",
  "radios",
  "dns_servers",
  "dns_search",
  "routes",
  "ip_rules",
  "switch",
  "openvpn",
  "wireguard_peers",
  "zerotier",
  "files",
  "hotspot",
  "sensors",
  "agent",
]);

export const isKnownSection = (key: string): boolean => known.has(key);
