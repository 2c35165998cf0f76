import { z } from "zod";
import { documentLimits } from "../limits.ts";
import { type Band, bandOf, channelsOf } from "../radio.ts";
import { flag, key, text, unique, whole } from "./values.ts";

const shared = {
  name: text(32).min(3, "at least 3 letters"),
  phy: key(text(32), "as the kernel names it"),
  driver: key(
    z.enum(["mac80211", "atheros", "ath5k", "ath9k", "broadcom"], "mac80211, atheros, ath5k, ath9k or broadcom"),
    "driver",
    { default: "mac80211" },
  ),
  channel: whole(0, 233).meta({ description: "0: the radio chooses" }),
  tx_power: key(whole(0, 40), "power at the radio", { unit: "dBm" }),
  country: key(text(2).regex(/^([A-Za-z]{2}|00)$/, "two letters, such as GB"), "whose rules hold", { default: "00" }),
  band: key(z.enum(["2g", "5g", "6g", "60g"], "2g, 5g, 6g or 60g"), "needed where the channel does not tell it"),
  hwmode: key(z.enum(["11a", "11b", "11g"], "11a, 11b or 11g"), "band, as it was told before OpenWrt 21"),
  disabled: key(flag, "off, without forgetting the rest", { default: false }),
};
const width = (...mhz: number[]) =>
  z
    .int("a whole number")
    .refine((one) => mhz.includes(one), `one of ${mhz.join(", ")}`)
    .meta({ description: "channel width", unit: "MHz" });
const kind = (protocols: [string, ...string[]], ...widths: number[]) =>
  z.looseObject({ protocol: z.enum(protocols), ...shared, channel_width: width(...widths) });

/** Bands in which each generation works. */
const bands: Record<string, Band[]> = {
  "802.11a": ["5g"],
  "802.11b": ["2g"],
  "802.11g": ["2g"],
  "802.11n": ["2g", "5g"],
  "802.11ac": ["5g"],
  "802.11ax": ["2g", "5g", "6g"],
  "802.11be": ["2g", "5g", "6g"],
  "802.11ad": ["60g"],
};

const radio = z
  .discriminatedUnion(
    "protocol",
    [
      kind(["802.11a", "802.11b", "802.11g"], 20),
      kind(["802.11n"], 20, 40),
      kind(["802.11ac", "802.11ax", "802.11ad"], 20, 40, 80, 160),
      kind(["802.11be"], 20, 40, 80, 160, 320),
    ],
    { error: "the protocol is 802.11a, b, g, n, ac, ax, be or ad" },
  )
  .superRefine((one, ctx) => {
    const known = bands[one.protocol] ?? [];
    const band = bandOf(one);
    const told = one.band ?? one.hwmode;
    const issue = (path: string, message: string): void => ctx.addIssue({ code: "custom", message, path: [path] });
    if (one.channel === 0) {
      if (band === undefined) issue("band", `channel 0 needs a band (${known.join(", ")})`);
    } else if (!known.some((each) => channelsOf(each).has(one.channel)))
      issue("channel", `${one.protocol} has no channel ${one.channel}`);
    else if (told !== undefined && band !== undefined && !channelsOf(band).has(one.channel))
      issue("channel", `the ${band} band has no channel ${one.channel}`);
    if (one.band !== undefined && !known.includes(one.band))
      issue("band", `${one.protocol} does not work in the ${one.band} band`);
  });

export const radios = unique(radio, documentLimits.radios);
