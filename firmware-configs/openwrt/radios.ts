import { bandOf, generationOf, htmodeOf } from "../radio.ts";
import { type Block, drop, optionsOf, put, rename, take, uciName } from "../uci/index.ts";
import { blocksOf } from "./blocks.ts";
import type { Output } from "./output.ts";
import { type Reading, type Section, typed } from "./reading.ts";

const usualDriver = "mac80211";

export function renderRadios(document: Block, output: Output): void {
  for (const { block, path } of blocksOf(document, "radios")) {
    const options = optionsOf(block, path);
    drop(options, ["name", "band", "hwmode"]);
    rename(options, "tx_power", "txpower");
    const driver = take(options, "driver") ?? { value: usualDriver, from: path };
    options.set("type", driver);
    const from = ["band", "hwmode", "channel"].find((key) => block[key] !== undefined) ?? "protocol";
    put(options, "band", bandOf(block), `${path}.${from}`);
    if (block["channel"] === 0) put(options, "channel", "auto", `${path}.channel`);
    const protocol = take(options, "protocol");
    if (driver.value === usualDriver) {
      const width = take(options, "channel_width");
      if (!options.has("htmode") && protocol)
        put(options, "htmode", htmodeOf(String(protocol.value), Number(width?.value)), protocol.from);
    }
    const country = take(options, "country");
    if (country) put(options, "country", String(country.value).toUpperCase(), country.from);
    output.section("wireless", { type: "wifi-device", name: uciName(String(block["name"])), from: path }, options);
  }
}

export function readRadio({ name, options }: Section, reading: Reading): void {
  const {
    type = usualDriver,
    txpower,
    channel = "auto",
    htmode = "NONE",
    hwmode,
    channel_width: told,
    ...rest
  } = options;
  const mode = String(htmode);
  const band = rest["band"] ?? (hwmode === undefined ? undefined : hwmode === "11a" ? "5g" : "2g");
  const width = told ?? /\d+/.exec(mode)?.[0] ?? "20";
  reading.push("radios", {
    name: name ?? `radio${reading.count("radios")}`,
    driver: type,
    protocol:
      mode === "NONE" && hwmode !== undefined ? `802.${hwmode}` : generationOf(mode, String(band), Number(width)),
    channel: channel === "auto" ? 0 : Number(channel),
    channel_width: Number(width),
    ...(txpower === undefined ? {} : { tx_power: Number(txpower) }),
    // The side of the second channel can't be told otherwise.
    ...(/[+-]$/.test(mode) ? { htmode: mode } : {}),
    ...(hwmode !== undefined && channel === "auto" ? { hwmode } : {}),
    ...typed(rest, { flags: ["disabled"] }),
  });
}
