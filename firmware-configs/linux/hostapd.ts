import { readAddress } from "../ip.ts";
import { blocksOf, named } from "../openwrt/blocks.ts";
import { spanOf } from "../profiles/legal.ts";
import { bandOf } from "../radio.ts";
import { type Block, uciName } from "../uci/index.ts";
import type { Output } from "./output.ts";

type Put = (text: string, from: string) => void;

/** One file a radio, for all the networks that it carries. */
export function renderHostapd(document: Block, output: Output): void {
  const networks = blocksOf(document, "interfaces").filter(({ block, path }) => {
    const wireless = block["wireless"] as Block | undefined;
    if (!wireless || block["disabled"] === true) return false;
    if (wireless["mode"] !== "access_point") output.left(`${path}.wireless.mode`, "hostapd only makes access points");
    return wireless["mode"] === "access_point";
  });
  for (const { block: radio, path } of blocksOf(document, "radios")) {
    const carried = networks.filter(({ block }) => (block["wireless"] as Block)["radio"] === radio["name"]);
    if (carried.length === 0 || radio["disabled"] === true) continue;
    const put = output.file(`/etc/hostapd/${radio["name"]}.conf`, "0600");
    const [first, ...others] = carried;
    if (!first) continue;
    put("driver=nl80211", path);
    put(`interface=${first.block["name"]}`, `${first.path}.name`);
    radioLines(radio, path, put);
    if (radio["tx_power"] !== undefined) output.left(`${path}.tx_power`, "hostapd does not set the power");
    networkLines(first, document, { put, output });
    for (const one of others) {
      put(`bss=${one.block["name"]}`, `${one.path}.name`);
      networkLines(one, document, { put, output });
    }
  }
}

function radioLines(radio: Block, path: string, put: Put): void {
  const band = bandOf(radio) ?? "2g";
  const [channel, width, protocol] = [
    Number(radio["channel"]),
    Number(radio["channel_width"]),
    String(radio["protocol"]),
  ];
  put(`hw_mode=${band === "2g" ? (protocol === "802.11b" ? "b" : "g") : "a"}`, `${path}.protocol`);
  put(`channel=${channel}`, `${path}.channel`);
  const country = String(radio["country"] ?? "00").toUpperCase();
  if (country !== "00") {
    put(`country_code=${country}`, `${path}.country`);
    put("ieee80211d=1", `${path}.country`);
    if (band === "5g") put("ieee80211h=1", `${path}.country`);
  }
  const generation = ["802.11n", "802.11ac", "802.11ax", "802.11be"].indexOf(protocol);
  if (generation < 0) return;
  put("wmm_enabled=1", `${path}.protocol`);
  if (band !== "6g") put("ieee80211n=1", `${path}.protocol`);
  const span = spanOf(band, channel, width);
  const middle = span ? (span.fromMhz + span.toMhz) / 2 : 0;
  if (width >= 40 && band !== "6g" && span && channel !== 0)
    put(`ht_capab=[HT40${isLower(band, channel) ? "+" : "-"}]`, `${path}.channel_width`);
  const index = band === "2g" ? (middle - 2407) / 5 : band === "6g" ? (middle - 5950) / 5 : (middle - 5000) / 5;
  const wide = width >= 160 ? 2 : width >= 80 ? 1 : 0;
  for (const [standard, from] of [
    ["vht", 1],
    ["he", 2],
  ] as const) {
    if (generation < from || (standard === "vht" && band !== "5g")) continue;
    put(standard === "vht" ? "ieee80211ac=1" : "ieee80211ax=1", `${path}.protocol`);
    if (wide === 0 || channel === 0) continue;
    put(`${standard}_oper_chwidth=${wide}`, `${path}.channel_width`);
    put(`${standard}_oper_centr_freq_seg0_idx=${index}`, `${path}.channel_width`);
  }
}

/** Whether the second 20 MHz are above. */
const isLower = (band: "2g" | "5g" | "60g", channel: number): boolean =>
  band === "2g" ? channel < 8 : ((channel - (channel >= 149 ? 149 : 36)) / 4) % 2 === 0;

interface Ctx {
  put: Put;
  output: Output;
}

function networkLines({ block, path }: { block: Block; path: string }, document: Block, ctx: Ctx): void {
  const { put } = ctx;
  const wireless = block["wireless"] as Block;
  const at = `${path}.wireless`;
  put(`ssid2=${quoted(String(wireless["ssid"]))}`, `${at}.ssid`);
  put("utf8_ssid=1", `${at}.ssid`);
  const bridge = blocksOf(document, "interfaces").find(
    (one) =>
      one.block["type"] === "bridge" &&
      ((one.block["bridge_members"] ?? []) as string[]).includes(String(block["name"])),
  );
  if (bridge) put(`bridge=${bridge.block["name"]}`, `${bridge.path}.bridge_members`);
  if (wireless["hidden"] === true) put("ignore_broadcast_ssid=1", `${at}.hidden`);
  const hotspot = hotspotOf(document, wireless, block);
  const isolate = wireless["isolate"] ?? (hotspot ? hotspot.block["isolation"] !== false : false);
  if (isolate === true)
    put("ap_isolate=1", wireless["isolate"] === undefined ? (hotspot?.path ?? at) : `${at}.isolate`);
  const clients = ((hotspot?.block["per_ssid"] ?? {}) as Block)["clients"];
  if (clients !== undefined) put(`max_num_sta=${clients}`, `${hotspot?.path}.per_ssid.clients`);
  if (wireless["rts_threshold"]) put(`rts_threshold=${wireless["rts_threshold"]}`, `${at}.rts_threshold`);
  if (wireless["macfilter"] !== undefined && wireless["macfilter"] !== "disable")
    ctx.output.left(`${at}.maclist`, "lists of hardware addresses are not rendered for hostapd yet");
  if (wireless["encryption"]) encryptionLines(wireless["encryption"] as Block, `${at}.encryption`, ctx);
}

function hotspotOf(document: Block, wireless: Block, block: Block) {
  const networks = ((wireless["network"] ?? []) as string[]).map(uciName);
  const own = networks.length > 0 ? networks : [uciName(named(block["network"], block["name"]))];
  return blocksOf(document, "hotspot").find((one) => own.includes(uciName(String(one.block["network"]))));
}

/** `wpa`: 1 the first, 2 the second and third generation, 3 both. */
const kinds: Record<string, { wpa: 1 | 2 | 3; management: string }> = {
  owe: { wpa: 2, management: "OWE" },
  wpa_personal: { wpa: 1, management: "WPA-PSK" },
  wpa2_personal: { wpa: 2, management: "WPA-PSK" },
  wpa3_personal: { wpa: 2, management: "SAE" },
  wpa_personal_mixed: { wpa: 3, management: "WPA-PSK" },
  wpa2_personal_mixed: { wpa: 2, management: "WPA-PSK SAE" },
  wpa_enterprise: { wpa: 1, management: "WPA-EAP" },
  wpa2_enterprise: { wpa: 2, management: "WPA-EAP" },
  wpa3_enterprise: { wpa: 2, management: "WPA-EAP-SHA256" },
  wpa_enterprise_mixed: { wpa: 3, management: "WPA-EAP" },
  wpa2_enterprise_mixed: { wpa: 2, management: "WPA-EAP WPA-EAP-SHA256" },
};

function encryptionLines(encryption: Block, path: string, { put, output }: Ctx): void {
  const protocol = String(encryption["protocol"]);
  if (protocol === "none" || encryption["disabled"] === true) return;
  const kind = kinds[protocol];
  if (!kind) {
    output.problem(`${path}.protocol`, `${protocol} is not rendered for hostapd`);
    return;
  }
  const from = `${path}.protocol`;
  put(`wpa=${kind.wpa}`, from);
  put(`wpa_key_mgmt=${kind.management}`, from);
  const ciphers = { tkip: "TKIP", ccmp: "CCMP", "tkip+ccmp": "TKIP CCMP" }[String(encryption["cipher"])];
  if (kind.wpa !== 2) put(`wpa_pairwise=${ciphers ?? "TKIP"}`, `${path}.cipher`);
  if (kind.wpa !== 1) put(`rsn_pairwise=${ciphers ?? "CCMP"}`, `${path}.cipher`);
  const frames = encryption["ieee80211w"] ?? (protocol === "owe" ? "2" : undefined);
  if (frames !== undefined) put(`ieee80211w=${frames}`, `${path}.ieee80211w`);
  const key = String(encryption["key"] ?? "");
  if (/personal/.test(protocol))
    put(/^[0-9a-fA-F]{64}$/.test(key) ? `wpa_psk=${key}` : `wpa_passphrase=${key}`, `${path}.key`);
  else if (/enterprise/.test(protocol)) radiusLines(encryption, path, { put, output });
}

function radiusLines(encryption: Block, path: string, { put, output }: Ctx): void {
  put("ieee8021x=1", `${path}.protocol`);
  if (encryption["nasid"]) put(`nas_identifier=${encryption["nasid"]}`, `${path}.nasid`);
  const server = (key: string, uci: string, port: unknown, secret: unknown): void => {
    const address = String(encryption[key]);
    if (!readAddress(address)) output.problem(`${path}.${key}`, "hostapd asks for an IP address");
    put(`${uci}_server_addr=${address}`, `${path}.${key}`);
    if (port !== undefined) put(`${uci}_server_port=${port}`, `${path}.${key}`);
    put(`${uci}_server_shared_secret=${secret}`, `${path}.key`);
  };
  server("server", "auth", encryption["port"], encryption["key"]);
  if (encryption["acct_server"])
    server("acct_server", "acct", encryption["acct_server_port"], encryption["acct_secret"] ?? encryption["key"]);
}

/** As hostapd reads a text that may hold anything (printf_decode). */
const quoted = (text: string): string => `P"${text.replace(/[\\"]/g, (one) => `\\${one}`).replace(/\n/g, "\\n")}"`;
