import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  documentProblems,
  openWrtFiles,
  readOpenWrt,
  renderOpenWrt,
  renderProblems,
  uciLines,
  uciText,
} from "../../firmware-configs/index.ts";
import { readUci } from "../../firmware-configs/uci/index.ts";

const folder = fileURLToPath(new URL("./fixtures", import.meta.url));
const documentOf = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(`${folder}/${name}/document.json`, "utf8"));

describe.each(readdirSync(folder).filter((name) => existsSync(`${folder}/${name}/document.json`)))("%s", (name) => {
  const document = documentOf(name);
  const text = uciText(renderOpenWrt(document).packages);

  it("has nothing wrong with it", () => expect(documentProblems(document)).toEqual([]));

  it("renders to what stands beside it", () => {
    if (process.env["WRITE_FIXTURES"]) writeFileSync(`${folder}/${name}/expected.uci`, text);
    expect(text).toBe(readFileSync(`${folder}/${name}/expected.uci`, "utf8"));
  });

  it("renders alike whatever the order of its keys", () => {
    const turned = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(turned)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, one]) => [key, turned(one)]),
            )
          : value;
    // The days of a week are told in the order in which they are given.
    const { hotspot, ...rest } = document;
    const all = { ...(turned(rest) as object), ...(hotspot === undefined ? {} : { hotspot }) };
    expect(uciText(renderOpenWrt(all).packages)).toBe(text);
  });

  it("comes back as a document that renders alike", () => {
    const { document: back, problems } = readOpenWrt(text);
    expect([...problems, ...documentProblems(back)]).toEqual([]);
    expect(uciText(renderOpenWrt(back).packages)).toBe(text);
  });

  it("says of each line which setting put it there", () => {
    const at = (path: string): unknown =>
      path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
    for (const { text: line, from } of uciLines(renderOpenWrt(document).packages)) {
      if (/^(package .*)?$/.test(line)) expect(from).toBe("");
      else expect(at(from), `${line} from ${from}`).toBeDefined();
    }
  });
});

describe("files of a device", () => {
  const document = { ...documentOf("library"), files: [{ path: "/etc/banner", mode: "0644", contents: "demo\n" }] };
  const files = openWrtFiles(document);

  it("are its packages, keys that stand in the document, and what it gives", () => {
    expect(files.map(({ path, mode }) => `${path} ${mode}`)).toEqual([
      "/etc/config/system 0600",
      "/etc/config/network 0600",
      "/etc/config/wireless 0600",
      "/etc/config/openvpn 0600",
      "/etc/vpn/tun0_tls_auth.key 0600",
      "/etc/banner 0644",
    ]);
  });

  it("are read back by the name of the package", () => {
    const [system] = files;
    expect([...readUci(system?.contents ?? "", "system").keys()]).toEqual(["system"]);
    expect(system?.contents.startsWith("config led 'led_power_1'\n")).toBe(true);
  });
});

describe("encryption", () => {
  const key = "demo passphrase";
  const by = { key: "demo", server: "192.0.2.8" };
  const twice = {
    key: "demo",
    server: "192.0.2.8",
    auth_server: "192.0.2.8",
    auth_secret: "demo",
    acct_secret: "demo",
  };
  const ccmp = (ieee80211w: string) => ({ cipher: "ccmp", ieee80211w });
  it.each<[string, object, string, object]>([
    ["none", {}, "none", {}],
    ["owe", {}, "owe", {}],
    ["wpa_personal", { key }, "psk", { key }],
    ["wpa2_personal", { key, cipher: "tkip+ccmp" }, "psk2+tkip+ccmp", { key }],
    ["wpa3_personal", { key, ...ccmp("2") }, "sae+ccmp", { key, ieee80211w: "2" }],
    ["wpa_personal_mixed", { key, cipher: "auto" }, "psk-mixed", { key }],
    ["wpa2_personal_mixed", { key, ...ccmp("1") }, "sae-mixed+ccmp", { key, ieee80211w: "1" }],
    ["wpa_enterprise", by, "wpa", twice],
    ["wpa2_enterprise", by, "wpa2", twice],
    ["wpa3_enterprise", { ...by, ...ccmp("2") }, "wpa3+ccmp", { ...twice, ieee80211w: "2" }],
    ["wpa_enterprise_mixed", by, "wpa-mixed", twice],
    ["wpa2_enterprise_mixed", { ...by, ...ccmp("2") }, "wpa3-mixed+ccmp", { ...twice, ieee80211w: "2" }],
    ["wep_open", { key: "abcde" }, "wep-open", { key: "1", key1: "s:abcde" }],
    ["wep_shared", { key: "abcde" }, "wep-shared", { key: "1", key1: "abcde" }],
    ["wps", { wps_pushbutton: true, wps_label: false }, "psk", { wps_pushbutton: "1", wps_label: "0" }],
  ])("%s has its words in UCI, and they are read back", (protocol, more, encryption, expected) => {
    const wireless = { radio: "radio0", mode: "access_point", ssid: "a", encryption: { protocol, ...more } };
    const document = { interfaces: [{ name: "wlan0", type: "wireless", wireless }] };
    expect(renderProblems(document)).toEqual([]);
    const text = uciText(renderOpenWrt(document).packages);
    const [section] = readUci(text).get("wireless") ?? [];
    const { device, ifname, mode, ssid, ...said } = Object.fromEntries(section?.options ?? []);
    expect({ device, ifname, mode, ssid }).toEqual({ device: "radio0", ifname: "wlan0", mode: "ap", ssid: "a" });
    expect(said).toEqual({ encryption, ...expected });
    const back = readOpenWrt(text).document as typeof document;
    expect(back.interfaces[0]?.wireless.encryption).toMatchObject({ protocol, ...more });
    expect(uciText(renderOpenWrt(back).packages)).toBe(text);
  });
});

describe("packages in the words of UCI", () => {
  it("go as they are; what is none is left out and told", () => {
    const document = {
      luci: [{ lang: "en" }, { config_name: "core", config_value: "ma-in", lang: "auto", off: false }],
      skipped: { a: 1 },
    };
    expect(renderProblems(document)).toEqual([]);
    expect(uciText(renderOpenWrt(document).packages)).toBe(
      "package luci\n\nconfig core 'ma_in'\n\toption lang 'auto'\n\toption off '0'\n",
    );
    expect(documentProblems(document).map(({ path }) => path)).toEqual(["luci.0", "skipped"]);
  });

  it("may add to a package that is made", () => {
    const document = { general: { hostname: "a" }, system: [{ config_name: "gpio_switch", name: "poe" }] };
    expect(uciText(renderOpenWrt(document).packages)).toContain(
      "config gpio_switch 'gpio_switch_1'\n\toption name 'poe'\n",
    );
  });
});

describe("what can't be rendered", () => {
  const eth = (more: object) => ({ interfaces: [{ name: "eth0", type: "ethernet", ...more }] });
  it.each<[string, object, string]>([
    [
      "two sections of one name",
      { interfaces: [eth({}).interfaces[0], { ...eth({ network: "eth0" }).interfaces[0], name: "eth1" }] },
      "interfaces.1",
    ],
    ["an object as an option", eth({ more: { deep: 1 } }), "interfaces.0.more"],
    ["objects in a list", eth({ more: [{ deep: 1 }] }), "interfaces.0.more"],
    ["a name that UCI can't have", eth({ "a-b": 1 }), "interfaces.0.a-b"],
    ["a type that UCI can't have", { firewall: [{ config_name: "a b" }] }, "firewall.0"],
    ["a package that UCI can't have", { "fire wall": [{ config_name: "a" }] }, "fire wall.0"],
  ])("%s has its path", (_, document, path) => {
    expect(renderProblems(document).map((one) => one.path)).toEqual([path]);
  });
});

describe("what a document may not say", () => {
  const wifi = (encryption: object, mode = "access_point") => ({
    interfaces: [
      { name: "wlan0", type: "wireless", wireless: { mode, radio: "radio0", ssid: "a", mesh_id: "a", encryption } },
    ],
  });
  const at = "interfaces.0.wireless.encryption";
  const address = (more: object) => ({
    interfaces: [
      {
        name: "eth0",
        type: "ethernet",
        addresses: [{ proto: "static", family: "ipv4", address: "10.0.0.1", mask: 24, ...more }],
      },
    ],
  });
  const radio = (more: object) => ({
    radios: [{ name: "radio0", protocol: "802.11ax", channel: 36, channel_width: 80, ...more }],
  });
  it.each<[string, object, string]>([
    ["a short passphrase", wifi({ protocol: "wpa2_personal", key: "1234567" }), `${at}.key`],
    [
      "WPA3 without protected frames",
      wifi({ protocol: "wpa3_personal", key: "12345678", cipher: "ccmp", ieee80211w: "1" }),
      `${at}.ieee80211w`,
    ],
    ["802.1X without a server", wifi({ protocol: "wpa2_enterprise", key: "1234" }), `${at}.server`],
    [
      "802.1X in a mesh",
      wifi({ protocol: "wpa2_enterprise", key: "1234", server: "192.0.2.1" }, "802.11s"),
      `${at}.protocol`,
    ],
    ["a mask that is none", address({ mask: 33 }), "interfaces.0.addresses.0.mask"],
    ["an address of the other family", address({ address: "::1" }), "interfaces.0.addresses.0.address"],
    ["an unknown type", { interfaces: [{ name: "eth0", type: "token-ring" }] }, "interfaces.0.type"],
    ["a channel of another band", radio({ band: "2g" }), "radios.0.channel"],
    ["a width of another generation", radio({ protocol: "802.11n" }), "radios.0.channel_width"],
    ["no band for a free choice", radio({ channel: 0 }), "radios.0.band"],
    [
      "a name over 32 bytes",
      {
        interfaces: [
          {
            name: "wlan0",
            type: "wireless",
            wireless: { mode: "access_point", radio: "radio0", ssid: "é".repeat(17) },
          },
        ],
      },
      "interfaces.0.wireless.ssid",
    ],
    ["a file that climbs", { files: [{ path: "/etc/../bin/sh", mode: "0644", contents: "" }] }, "files.0.path"],
    ["an unknown time zone", { general: { timezone: "Europe/Grays" } }, "general.timezone"],
    [
      "hours that end before they begin",
      { hotspot: [{ name: "a", network: "b", opening_hours: { mon: [["22:00", "06:00"]] } }] },
      "hotspot.0.opening_hours.mon.0",
    ],
    [
      "a sensor that hides what it reads",
      { sensors: [{ name: "a", field: "humidity_percent", calibration: { factor: 0 } }] },
      "sensors.0.calibration.factor",
    ],
    [
      "two hotspots of one name",
      {
        hotspot: [
          { name: "a", network: "b" },
          { name: "a", network: "c" },
        ],
      },
      "hotspot",
    ],
  ])("%s", (_, document, path) => {
    const problems = renderProblems(document);
    expect(problems.map((one) => one.path)).toEqual([path]);
    expect(problems[0]?.message).not.toMatch(/^(invalid|Invalid)/);
  });
});
