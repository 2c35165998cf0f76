import { describe, expect, it } from "vitest";
import { limits } from "#wire";
import { keptFiles, render, rendererOf, veiledFiles } from "../../../controller/config/render.ts";
import { type ConfigDocument, configDocument, documentLimits } from "../../../firmware-configs/index.ts";

const board = "zyxel,nwa50ax";
const document = (more: object = {}): ConfigDocument =>
  configDocument.parse({
    agent: { intervalMs: 30_000 },
    radios: [{ name: "radio0", protocol: "802.11n", channel: 6, channel_width: 20, country: "GB" }],
    interfaces: [
      { name: "wlan0", type: "wireless", wireless: { radio: "radio0", mode: "access_point", ssid: "Demo Wi-Fi" } },
    ],
    ...more,
  });
const files = (many: number, contents: string) =>
  Array.from({ length: many }, (_, i) => ({ path: `/etc/demo/${i}`, mode: "0640", contents }));

describe("what a document becomes on a device", () => {
  it("is up to its profile", () => {
    expect([null, "demo", board, "openwrt", "linux"].map(rendererOf)).toEqual([
      ...[null, null, "openwrt", "openwrt", "linux"],
    ]);
  });

  it("is UCI on OpenWrt", () => {
    const made = render(board, document({ files: files(1, "one\n") }));
    expect(made).toMatchObject({ by: "openwrt", problems: [], left: [] });
    expect(made.files.map(({ path, mode }) => [path, mode])).toEqual([
      ["/etc/config/wireless", 0o600],
      ["/etc/demo/0", 0o640],
    ]);
    expect(made.files[0]?.text).toContain("\toption ssid 'Demo Wi-Fi'\n");
  });

  it("is files of its programs on plain Linux, and it says what they have no words for", () => {
    const sensors = [{ name: "air", field: "temperature_celsius" }];
    const made = render("linux", document({ general: { timezone: "Europe/London" }, sensors } as object));
    expect(made).toMatchObject({ by: "linux", problems: [] });
    expect(made.files.map(({ path }) => path)).toContain("/etc/hostapd/radio0.conf");
    expect(made.left.map(({ path }) => path)).toEqual(["general.timezone", "sensors"]);
  });

  it("is nothing where the agent does it all, whatever the device is", () => {
    for (const profile of [null, "demo", board])
      expect(render(profile, { agent: { intervalMs: 30_000 } })).toEqual({
        by: null,
        files: [],
        left: [],
        problems: [],
      });
  });

  it.each([
    [null, "no hardware profile: give the device one"],
    ["demo", '"demo" is no hardware profile that is known, nor "openwrt" or "linux"'],
  ])("is a problem with the profile %s", (profile, message) => {
    const { problems, files: made } = render(profile, document());
    expect(problems.map(({ path }) => path).sort()).toEqual(["interfaces", "radios"]);
    expect(problems[0]?.message).toContain(message);
    expect(made).toEqual([]);
  });

  it.each<[string, object, string, RegExp]>([
    [
      "a channel that its radio lacks",
      { radios: [radio({ channel: 36, protocol: "802.11ac" })] },
      "radios.0.channel",
      /works in 2g only/,
    ],
    ["a power over what the law allows", { radios: [radio({ tx_power: 30 })] }, "radios.0.tx_power", /GB allows/],
    [
      "two networks on one VLAN",
      { interfaces: [tagged("guest"), tagged("staff")] },
      "interfaces.1.vid",
      /belongs to guest already/,
    ],
    ["a radio that it does not have", { radios: [radio({ name: "radio7" })] }, "radios.0.name", /has no radio7/],
    [
      "a file that runs as somebody else",
      { files: [{ ...files(1, "x")[0], mode: "4755" }] },
      "/etc/demo/0",
      /at most 0777/,
    ],
  ])("is a problem with %s", (_, more, path, message) => {
    expect(render(board, document(more)).problems).toContainEqual({ path, message: expect.stringMatching(message) });
  });

  it("may be so many files", () => {
    expect(render(board, { files: files(limits.configFiles, "x") } as ConfigDocument).problems).toEqual([]);
    const { problems } = render(board, { files: files(limits.configFiles + 1, "x") } as ConfigDocument);
    expect(problems).toEqual([{ path: "files", message: "65 files come of it; at most 64 are allowed" }]);
  });

  it("may be so long as a signed body, and as the packet that carries it", () => {
    const [whole, lines] = ["x".repeat(documentLimits.fileChars), "\n".repeat(documentLimits.fileChars / 2)];
    expect(render(board, { files: files(2, whole) } as ConfigDocument).problems).toEqual([]);
    const long = render(board, { files: files(3, whole) } as ConfigDocument).problems;
    expect(long).toEqual([
      { path: "files", message: expect.stringMatching(/^19\d+ bytes come of it, .*at most 19\d+ are/) },
    ]);
    // Each line break is two letters in the body and three in the packet.
    expect(render(board, { files: files(2, lines) } as ConfigDocument).problems).toEqual([]);
    const escaped = render(board, { files: files(3, lines) } as ConfigDocument).problems;
    expect(escaped).toEqual([{ path: "files", message: expect.stringContaining("at most 1") }]);
  });
});

describe("files as they are kept", () => {
  const mark = (digest: string) => ({ secret: true, set: true, digest: digest.repeat(22) });
  const staff = (key: unknown) =>
    ({
      ...document(),
      interfaces: [
        {
          ...{ name: "wlan0", type: "wireless" },
          wireless: {
            radio: "radio0",
            mode: "access_point",
            ssid: "staff",
            encryption: { protocol: "wpa2_personal", key },
          },
        },
      ],
    }) as ConfigDocument;

  it.each(["openwrt", "linux"] as const)("tell that a secret is another, and show none (%s)", (by) => {
    const [a, b] = [keptFiles(by, staff(mark("a"))), keptFiles(by, staff(mark("b")))];
    expect(a).not.toEqual(b);
    expect(veiledFiles(a)).toEqual(veiledFiles(b));
    expect(veiledFiles(a).some(({ text }) => text.includes("(secret)"))).toBe(true);
    expect(JSON.stringify(veiledFiles(a))).not.toContain("aaaa");
  });

  it.each(["openwrt", "linux"] as const)("are none that could not be shown (%s)", (by) => {
    for (const section of ["interfaces", "radios", "files", "general", "ntp", "hotspot", "routes"])
      expect(() => keptFiles(by, { ...document(), [section]: mark("a") } as unknown as ConfigDocument)).not.toThrow();
  });
});

function radio(more: object) {
  return { name: "radio0", protocol: "802.11n", channel: 6, channel_width: 20, country: "GB", ...more };
}
function tagged(network: string) {
  return { name: "eth0", type: "8021q", vid: 20, network };
}
