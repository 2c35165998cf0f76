import { type Block, drop, type Options, optionsOf, put, rename } from "../uci/index.ts";

/** How OpenWrt names each protocol. "mixed" takes the generation below it too. */
const protocols: Record<string, string> = {
  none: "none",
  owe: "owe",
  wep_open: "wep-open",
  wep_shared: "wep-shared",
  wpa_personal: "psk",
  wpa2_personal: "psk2",
  wpa3_personal: "sae",
  wpa_personal_mixed: "psk-mixed",
  wpa2_personal_mixed: "sae-mixed",
  wpa_enterprise: "wpa",
  wpa2_enterprise: "wpa2",
  wpa3_enterprise: "wpa3",
  wpa_enterprise_mixed: "wpa-mixed",
  wpa2_enterprise_mixed: "wpa3-mixed",
  wps: "psk",
};
const named = new Map(
  Object.entries(protocols)
    .filter(([protocol]) => protocol !== "wps")
    .map(([protocol, uci]) => [uci, protocol]),
);

export function encryptionOptions(encryption: Block, path: string): Options {
  const protocol = String(encryption["protocol"] ?? "none");
  const from = `${path}.protocol`;
  if (encryption["disabled"] === true || protocol === "none") return new Map([["encryption", { value: "none", from }]]);
  const options = optionsOf(encryption, path);
  drop(options, ["protocol", "cipher", "disabled"]);
  const cipher = protocol.startsWith("wpa") ? encryption["cipher"] : undefined;
  const forced = cipher === undefined || cipher === "" || cipher === "auto" ? "" : `+${cipher}`;
  put(options, "encryption", `${protocols[protocol] ?? protocol}${forced}`, from);
  if (protocol.startsWith("wep")) {
    // The first of four keys; "s:" says that it is text.
    put(options, "key1", `${protocol === "wep_open" ? "s:" : ""}${encryption["key"]}`, `${path}.key`);
    put(options, "key", "1", `${path}.key`);
  }
  if (encryption["server"]) radius(encryption, options, path);
  return options;
}

/** OpenWrt has had two names for each of these; both are written, for old and new versions. */
function radius(encryption: Block, options: Options, path: string): void {
  const also = (key: string, uci: string): void => {
    if (encryption[key] !== undefined && !options.has(uci)) put(options, uci, encryption[key], `${path}.${key}`);
  };
  also("server", "auth_server");
  also("port", "auth_port");
  also("key", "auth_secret");
  also("key", "acct_secret");
  rename(options, "acct_server_port", "acct_port");
}

/** What belongs into `encryption` of what a `wifi-iface` says. */
const keys = new Set(
  (
    "key server port auth_server auth_port auth_secret auth_cache acct_server acct_port acct_secret acct_interval nasid ownip " +
    "dae_client dae_port dae_secret dynamic_vlan vlan_naming vlan_tagged_interface vlan_bridge wpa_group_rekey ieee80211w " +
    "eap_type auth identity anonymous_identity password ca_cert ca_cert_usesystem client_cert priv_key priv_key_pwd " +
    "subject_match altsubject_match domain_match domain_suffix_match " +
    "wps_config wps_device_name wps_device_type wps_label wps_manufacturer wps_pushbutton wps_pin"
  ).split(" "),
);
const numbers = new Set(["port", "auth_port", "acct_server_port", "acct_interval", "dae_port"]);
const flags = new Set(["wps_label", "wps_pushbutton", "ca_cert_usesystem"]);

/** Takes it out of `wifi`. @returns undefined where nothing is said of it */
export function readEncryption(wifi: Record<string, string | string[]>): Block | undefined {
  const { encryption, ...rest } = wifi;
  if (encryption === undefined) return undefined;
  delete wifi["encryption"];
  const [name = "", ...ciphers] = String(encryption).split("+");
  if (name === "none") return { protocol: "none" };
  const settings: Block = {};
  for (const [key, value] of Object.entries(rest)) {
    if (!keys.has(key)) continue;
    delete wifi[key];
    settings[key === "acct_port" ? "acct_server_port" : key] = value;
  }
  if (name.startsWith("wep")) settings["key"] = wepKey(wifi, String(settings["key"] ?? "1"));
  oneName(settings);
  for (const [key, value] of Object.entries(settings)) {
    if (numbers.has(key)) settings[key] = Number(value);
    if (flags.has(key)) settings[key] = value === "1";
  }
  const isWps = Object.keys(settings).some((key) => key.startsWith("wps_"));
  const how = isWps
    ? { protocol: "wps" }
    : { protocol: named.get(name) ?? name, cipher: ciphers.join("+").replace("aes", "ccmp") || "auto" };
  return { ...how, ...settings };
}

function wepKey(wifi: Record<string, string | string[]>, index: string): string {
  const key = String(wifi[`key${index}`] ?? index);
  delete wifi[`key${index}`];
  return key.replace(/^s:/, "");
}

/** Of the two names one is enough, and where both say the same the other tells nothing. */
function oneName(settings: Block): void {
  for (const [old, key] of [
    ["auth_server", "server"],
    ["auth_port", "port"],
    ["auth_secret", "key"],
  ] as const) {
    settings[key] ??= settings[old];
    if (settings[key] === undefined) delete settings[key];
    if (settings[old] === settings[key]) delete settings[old];
  }
  if (settings["acct_secret"] === settings["key"]) delete settings["acct_secret"];
}
