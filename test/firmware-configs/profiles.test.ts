import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Profile, profileOf, profileProblems, profiles, renderProblems } from "../../firmware-configs/index.ts";
import { middleOf, ruleFor, spanOf } from "../../firmware-configs/profiles/legal.ts";

const folder = fileURLToPath(new URL("../../firmware-configs/profiles", import.meta.url));

function hardware(board: string): Profile {
  const profile = profileOf(board);
  if (!profile) throw new Error(`there is no ${board}`);
  return profile;
}

describe("profiles", () => {
  it("are one folder each, named after the board", () => {
    const folders = readdirSync(folder).filter((name) => statSync(`${folder}/${name}`).isDirectory());
    expect(profiles.map(({ board }) => board.replace(",", "-")).sort()).toEqual(folders.sort());
    expect(profiles.length).toBeGreaterThanOrEqual(8);
  });

  it.each(profiles.map((one) => [one.board, one] as const))("%s hangs together", (board, profile) => {
    expect(profileOf(board)).toBe(profile);
    expect(profileOf(profile.model)).toBe(profile);
    expect(profile.target).toMatch(/^[a-z0-9]+\/[a-z0-9]+$/);
    expect(new Set(profile.radios.map(({ name }) => name)).size).toBe(profile.radios.length);
    for (const [i, radio] of profile.radios.entries()) {
      expect(radio.name).toBe(`radio${i}`);
      expect([20, 40, 80, 160]).toContain(radio.widthMostMhz);
      // Without radar detection a 5 GHz radio could not be used outside at all.
      if (radio.bands.includes("5g") && profile.outdoor) expect(radio.radar).toBe(true);
    }
  });

  it("do with the lamp post of the fixtures", () => {
    const document = JSON.parse(
      readFileSync(fileURLToPath(new URL("./fixtures/lamp-post/document.json", import.meta.url)), "utf8"),
    );
    expect(profileProblems(hardware("zyxel,nwa55axe"), document)).toEqual([]);
  });
});

const outdoor = hardware("tplink,eap225-outdoor-v1");
const indoor = hardware("openwrt,one");
const small = hardware("glinet,gl-mt300n-v2");

const five = (more: object) => ({
  radios: [{ name: "radio0", protocol: "802.11ac", channel: 100, channel_width: 80, country: "GB", ...more }],
});
const one = (more: object) => ({
  radios: [{ name: "radio1", protocol: "802.11ax", channel: 36, channel_width: 80, country: "GB", ...more }],
});
const two = (more: object) => ({
  radios: [{ name: "radio1", protocol: "802.11n", channel: 6, channel_width: 20, country: "GB", ...more }],
});
const wifi = (radio: string, i = 0) => ({
  name: `wlan${i}`,
  type: "wireless",
  wireless: { radio, mode: "access_point", ssid: `n${i}` },
});
const tagged = (network: string, more: object = {}) => ({ name: "eth0", type: "8021q", vid: 20, network, ...more });
const bridge = (name: string, ...members: string[]) => ({ name, type: "bridge", bridge_members: members });

describe("a document is checked against what the device can do", () => {
  it.each<[string, Profile, object, string | null, string]>([
    ["a channel outside, with radar detection", outdoor, five({}), null, ""],
    ["a channel that is for indoors", outdoor, five({ channel: 36 }), "radios.0.channel", "indoors only"],
    ["the same, inside", indoor, one({}), null, ""],
    ["160 MHz over the weather channels", indoor, one({ channel_width: 160 }), null, ""],
    [
      "160 MHz of a radio that has 80",
      outdoor,
      five({ protocol: "802.11ac", channel_width: 160 }),
      "radios.0.channel_width",
      "80 MHz at most",
    ],
    ["a block that isn't there", indoor, one({ channel: 144, channel_width: 80 }), null, ""],
    [
      "165 with 40 MHz, over the end of the band",
      indoor,
      one({ channel: 165, channel_width: 40 }),
      "radios.0.channel",
      "not allowed in GB",
    ],
    [
      "173, over the end of the band",
      indoor,
      one({ channel: 173, channel_width: 20 }),
      "radios.0.channel",
      "not allowed in GB",
    ],
    [
      "a band that the radio lacks",
      outdoor,
      five({ channel: 6, protocol: "802.11n", channel_width: 20 }),
      "radios.0.channel",
      "works in 5g only",
    ],
    [
      "a band that is named and lacks",
      small,
      { radios: [{ name: "radio0", protocol: "802.11n", band: "5g", channel: 0, channel_width: 20 }] },
      "radios.0.band",
      "works in 2g only",
    ],
    [
      "a generation that the radio lacks",
      outdoor,
      five({ protocol: "802.11ax" }),
      "radios.0.protocol",
      "802.11ac at most",
    ],
    ["a radio that the model lacks", small, two({}), "radios.0.name", "has no radio1"],
    ["power within the rules", outdoor, two({ tx_power: 17 }), null, ""],
    ["power over them, with the antenna", outdoor, two({ tx_power: 18 }), "radios.0.tx_power", "17 dBm at most"],
    ["more power where more is allowed", outdoor, five({ tx_power: 23 }), null, ""],
    ["and over that", outdoor, five({ tx_power: 24 }), "radios.0.tx_power", "23 dBm at most"],
    ["a free choice", outdoor, five({ channel: 0, tx_power: 23 }), null, ""],
    ["channel 13", outdoor, two({ channel: 13 }), null, ""],
    ["channel 14, which is for Japan", outdoor, two({ channel: 14 }), "radios.0.channel", "not allowed in GB"],
    ["another country, whose rules aren't known", outdoor, five({ channel: 36, country: "FR" }), null, ""],
    ["a radio that is off", outdoor, five({ channel: 36, disabled: true }), null, ""],
    ["no country: this one", outdoor, five({ channel: 36, country: undefined }), "radios.0.channel", "indoors only"],
    [
      "a network on a radio that isn't there",
      outdoor,
      { interfaces: [wifi("radio9")] },
      "interfaces.0.wireless.radio",
      "has no radio9",
    ],
    [
      "a network too many",
      small,
      { interfaces: [0, 1, 2, 3, 4].map((i) => wifi("radio0", i)) },
      "interfaces.4.wireless.radio",
      "4 networks at most",
    ],
    [
      "two networks on one VLAN",
      indoor,
      { interfaces: [tagged("guest"), tagged("staff")] },
      "interfaces.1.vid",
      "belongs to guest",
    ],
    [
      "the same VLAN in two ways",
      indoor,
      { interfaces: [tagged("guest"), { name: "eth0.20", type: "ethernet", network: "staff" }] },
      "interfaces.1.name",
      "belongs to guest",
    ],
    [
      "a VLAN that is a bridge's member",
      indoor,
      { interfaces: [{ name: "eth0.20", type: "ethernet" }, bridge("br-a", "eth0.20")] },
      null,
      "",
    ],
    [
      "a port in two bridges",
      indoor,
      { interfaces: [bridge("br-a", "eth0"), bridge("br-b", "eth1", "eth0")] },
      "interfaces.1.bridge_members.1",
      "belongs to br_a",
    ],
    [
      "an LED that isn't there",
      outdoor,
      { led: [{ name: "a", sysfs: "blue:a", trigger: "none" }] },
      "led.0.sysfs",
      "has no LED blue:a",
    ],
    ["one that is", outdoor, { led: [{ name: "a", sysfs: "amber:status", trigger: "none" }] }, null, ""],
  ])("%s", (_, profile, document, path, message) => {
    const given = JSON.parse(JSON.stringify(document));
    expect(renderProblems(given)).toEqual([]);
    const problems = profileProblems(profile, given);
    expect(problems.map((problem) => problem.path)).toEqual(path === null ? [] : [path]);
    expect(problems[0]?.message ?? "").toContain(message);
  });

  it("asks for radar detection where it is asked for", () => {
    const whole = hardware("openwrt,one");
    const deaf = { ...whole, radios: whole.radios.map((radio) => ({ ...radio, radar: false })) };
    const problems = profileProblems(deaf, one({ channel: 52, channel_width: 20 }));
    expect(problems[0]?.message).toContain("radar detection (DFS)");
  });
});

describe("rules of Great Britain", () => {
  it("know which MHz a channel takes", () => {
    expect(middleOf("2g", 6)).toBe(2437);
    expect(spanOf("5g", 36, 80)).toEqual({ fromMhz: 5170, toMhz: 5250 });
    expect(spanOf("5g", 48, 80)).toEqual({ fromMhz: 5170, toMhz: 5250 });
    expect(spanOf("5g", 100, 160)).toEqual({ fromMhz: 5490, toMhz: 5650 });
    expect(spanOf("5g", 132, 160)).toBeUndefined();
    expect(spanOf("2g", 1, 40)).toEqual({ fromMhz: 2402, toMhz: 2442 });
    expect(spanOf("2g", 13, 40)).toEqual({ fromMhz: 2442, toMhz: 2482 });
    expect(spanOf("6g", 1, 160)).toEqual({ fromMhz: 5945, toMhz: 6105 });
  });

  it("take the strictest of what is crossed, and nothing where there is a gap", () => {
    expect(ruleFor("GB", { fromMhz: 5170, toMhz: 5330 })).toMatchObject({ mostDbm: 20, indoorOnly: true, radar: true });
    expect(ruleFor("GB", { fromMhz: 5340, toMhz: 5480 })).toBeUndefined();
    expect(ruleFor("GB", { fromMhz: 5490, toMhz: 5570 })).toEqual({
      fromMhz: 5470,
      toMhz: 5730,
      mostDbm: 27,
      radar: true,
    });
    expect(ruleFor("XX", { fromMhz: 2400, toMhz: 2420 })).toBeUndefined();
  });
});
