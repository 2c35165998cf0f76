import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { renderLinux, renderProblems } from "../../firmware-configs/index.ts";

const folder = fileURLToPath(new URL("./linux", import.meta.url));
const document = JSON.parse(readFileSync(`${folder}/document.json`, "utf8"));
const { files, problems, left } = renderLinux(document);
const text = files
  .map(({ path, mode, lines }) => `# ${path} ${mode}\n${lines.map((line) => `${line.text}\n`).join("")}`)
  .join("\n");

describe("a plain Linux access point", () => {
  it("gets the files that stand beside the document", () => {
    expect([...renderProblems(document), ...problems]).toEqual([]);
    if (process.env["WRITE_FIXTURES"]) writeFileSync(`${folder}/expected.txt`, text);
    expect(text).toBe(readFileSync(`${folder}/expected.txt`, "utf8"));
  });

  it("is told what is left out, and why", () => {
    expect(left.map(({ path }) => path)).toEqual(["general.timezone", "radios.0.tx_power", "firewall"]);
  });

  it("knows of each line which setting put it there", () => {
    const at = (path: string): unknown =>
      path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
    const told = new Set(files.flatMap(({ lines }) => lines.map(({ from }) => from)));
    // Defaults of a cipher and of frames stand at the setting that would change them.
    const unsaid = [...told].filter((from) => at(from) === undefined);
    expect(unsaid.filter((from) => !/\.(cipher|ieee80211w)$/.test(from))).toEqual([]);
  });

  const wifi = (encryption: object) => ({
    radios: [{ name: "phy0", protocol: "802.11n", channel: 6, channel_width: 20 }],
    interfaces: [
      { name: "wlan0", type: "wireless", wireless: { radio: "phy0", mode: "access_point", ssid: "a", encryption } },
    ],
  });
  it.each<[string, object, string]>([
    [
      "a server by name",
      wifi({ protocol: "wpa2_enterprise", key: "1234", server: "radius.example" }),
      "interfaces.0.wireless.encryption.server",
    ],
    ["WEP", wifi({ protocol: "wep_open", key: "12345" }), "interfaces.0.wireless.encryption.protocol"],
    [
      "a passphrase that would be two lines",
      wifi({ protocol: "wpa2_personal", key: "12345678\nssid=x" }),
      "interfaces.0.wireless.encryption.key",
    ],
    [
      "a network without room",
      {
        interfaces: [
          {
            name: "eth0",
            type: "ethernet",
            addresses: [{ proto: "static", family: "ipv4", address: "10.0.0.1", mask: 30 }],
          },
        ],
        hotspot: [{ name: "a", network: "eth0" }],
      },
      "hotspot.0.network",
    ],
  ])("can't be given %s", (_, given, path) => {
    expect(renderProblems(given)).toEqual([]);
    // The rows have no common type; the line above says that each is a document.
    expect(renderLinux(given as never).problems.map((one) => one.path)).toEqual([path]);
  });
});
