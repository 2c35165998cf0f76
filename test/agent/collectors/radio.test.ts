import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admit } from "#wire";
import { createRadioCollector } from "../../../edge-agent/collectors/index.ts";
import {
  countStations,
  parseInterfaces,
  parseSurvey,
  utilisation,
} from "../../../edge-agent/collectors/radio/parse.ts";
import { newLog } from "../setup.ts";
import { fixture, fixtureHost } from "./hosts.ts";

const texts: Record<string, string> = {
  dev: fixture("iw/dev"),
  "dev phy0-ap0 survey dump": fixture("iw/survey-24"),
  "dev phy1-ap1 survey dump": fixture("iw/survey-5"),
  "dev phy1-ap0 station dump": fixture("iw/stations"),
  "dev phy1-ap1 station dump": fixture("iw/stations"),
};
const missing = Object.assign(new Error("spawn iw ENOENT"), { code: "ENOENT" });

/** @param change answers of iw that are other than the fixtures */
function collector(change: Record<string, string> = {}, absent = false) {
  const log = newLog();
  const run = async (_: string, args: readonly string[]) => {
    if (absent) throw missing;
    const stdout = { ...texts, ...change }[args.join(" ")];
    if (stdout === undefined) throw new Error("command failed: Operation not supported (-95)");
    return { stdout, stderr: "" };
  };
  return { log, ...createRadioCollector({ host: fixtureHost("router", { programs: { run } }), log }) };
}

describe("the radio collector", () => {
  it("tells of each radio what it knows, and counts devices over all its networks", async () => {
    const samples = await collector().collect();
    expect(samples).toEqual([
      {
        m: "radio",
        t: { radio: "phy0" },
        f: { clients: 0, networks: 1, serving: 1, noise_dbm: -91, channel: 6, frequency_mhz: 2437 },
      },
      {
        m: "radio",
        t: { radio: "phy1" },
        f: { clients: 4, networks: 2, serving: 1, noise_dbm: -104, channel: 36, frequency_mhz: 5180 },
      },
    ]);
    for (const sample of samples) expect(admit({ ...sample, at: 0 })).toMatchObject({ ok: true, cut: [] });
  });

  it("says nothing of who is on", async () => {
    expect(JSON.stringify(await collector().collect())).not.toMatch(/02:00|signal/);
  });

  it("gives the busy share between two samples, and none where the counters began anew", async () => {
    const [first, second] = [
      { activeMs: 1_000, busyMs: 200 },
      { activeMs: 3_000, busyMs: 700 },
    ];
    expect(utilisation(first, second)).toEqual({ utilisation_percent: 25 });
    expect(utilisation(undefined, first)).toEqual({});
    expect(utilisation(second, first)).toEqual({});
    expect(utilisation(first, first)).toEqual({});
    const change: Record<string, string> = {};
    const radio = collector(change);
    await radio.collect();
    // The same reading twice: no time has passed on the channel.
    expect((await radio.collect())[0]?.f).not.toHaveProperty("utilisation_percent");
    change["dev phy0-ap0 survey dump"] = fixture("iw/survey-24").replace("86014", "96014").replace("21003", "24003");
    expect((await radio.collect())[0]?.f["utilisation_percent"]).toBe(30);
  });

  it("leaves out what a driver doesn't know", async () => {
    const survey = "Survey data from phy0-ap0\n\tfrequency:\t\t\t2437 MHz [in use]\n\tnoise:\t\t\t\t0 dBm\n";
    const [radio] = await collector({ "dev phy0-ap0 survey dump": survey }).collect();
    expect(radio?.f).toEqual({ clients: 0, networks: 1, serving: 1, channel: 6, frequency_mhz: 2437 });
  });

  it("tells a radio that no longer serves, also one that is gone, and none that never did", async () => {
    const change: Record<string, string> = {};
    const radio = collector(change);
    const told = async () => (await radio.collect()).map(({ t, f }) => [t?.["radio"], f["serving"], f["networks"]]);
    expect(await told()).toEqual([
      ["phy0", 1, 1],
      ["phy1", 1, 2],
    ]);
    change["dev"] = texts["dev"]?.replace(/^\s+channel 6 .*$/m, "") ?? "";
    expect((await told())[0]).toEqual(["phy0", 0, undefined]);
    change["dev"] = texts["dev"]?.replace("phy#1", "phy#2") ?? "";
    expect(await told()).toContainEqual(["phy1", 0, undefined]);
    const idle = collector({ dev: texts["dev"]?.replaceAll(/^\s+channel .*$/gm, "") ?? "" });
    expect((await idle.collect())[0]?.f).not.toHaveProperty("serving");
  });

  it("gives the share that was sent again, over who was there both times", async () => {
    const station = (of: number, packets: number, retries: number) =>
      `Station 02:00:00:00:aa:0${of} (on phy0-ap0)\n\ttx packets:\t${packets}\n\ttx retries:\t${retries}\n`;
    const change = { "dev phy0-ap0 station dump": station(1, 1_000, 500) + station(2, 9_000, 9_000) };
    const radio = collector(change);
    expect((await radio.collect())[0]?.f).not.toHaveProperty("retry_percent");
    // One came back with counters of its own, one is new.
    change["dev phy0-ap0 station dump"] = station(1, 1_300, 600) + station(2, 10, 10) + station(3, 5_000, 5_000);
    const [first] = await radio.collect();
    expect(first?.f["retry_percent"]).toBe(25);
    expect(JSON.stringify(first)).not.toContain("02:00");
    change["dev phy0-ap0 station dump"] = station(1, 1_350, 700);
    expect((await radio.collect())[0]?.f).not.toHaveProperty("retry_percent");
  });

  it("is quiet on a device without iw, and says so once", async () => {
    const without = collector({}, true);
    expect([await without.collect(), await without.collect()]).toEqual([[], []]);
    expect(without.log.lines).toEqual(["info radio: there is no iw on this device, radios are left out"]);
  });

  it("says why when iw fails otherwise", async () => {
    const { collect } = createRadioCollector({
      host: fixtureHost("router", {
        programs: {
          run: async () => {
            throw new Error("nl80211 not found.");
          },
        },
      }),
      log: newLog(),
    });
    await expect(collect()).rejects.toThrow("nl80211 not found");
  });

  it("is not misled by any text", () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "phy#0",
        "\tInterface wlan0",
        "\t\ttype AP",
        "\t\tchannel 1 (2412 MHz)",
        "Station",
        "\tnoise: x dBm",
      ),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = lines.join("\n");
        for (const { radio, name } of parseInterfaces(text))
          expect([radio, name].every((w) => w.length > 0)).toBe(true);
        const { noise_dbm = -1 } = parseSurvey(text);
        expect(noise_dbm).toBeLessThan(0);
        expect(countStations(text)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
