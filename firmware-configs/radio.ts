/** Channels and bands of 802.11 radios. */
export type Band = "2g" | "5g" | "6g" | "60g";

const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

const channels: Record<Band, ReadonlySet<number>> = {
  "2g": new Set(range(1, 14, 1)),
  "5g": new Set([...range(36, 64, 4), ...range(100, 144, 4), ...range(149, 177, 4)]),
  "6g": new Set([...range(1, 233, 4), 2]),
  "60g": new Set([...range(1, 6, 1), ...range(9, 13, 1), ...range(17, 20, 1), ...range(25, 27, 1)]),
};

export const channelsOf = (band: Band): ReadonlySet<number> => channels[band];

interface Told {
  protocol?: string | undefined;
  band?: Band | undefined;
  hwmode?: string | undefined;
  channel?: number | undefined;
}

/** The band that is named, or else the one that the generation or the channel leaves; 6 GHz has to be named, because it
 *  shares its channel numbers. */
export function bandOf({ protocol, band, hwmode, channel }: Told): Band | undefined {
  if (band) return band;
  if (hwmode) return hwmode === "11a" ? "5g" : "2g";
  if (protocol === "802.11ad") return "60g";
  if (protocol === "802.11b" || protocol === "802.11g") return "2g";
  if (protocol === "802.11a" || protocol === "802.11ac") return "5g";
  return (["2g", "5g", "6g"] as const).find((one) => channels[one].has(channel ?? 0));
}

/** How OpenWrt names generation and width. */
export function htmodeOf(protocol: string, width: number): string {
  const generation = { "802.11n": "HT", "802.11ac": "VHT", "802.11ax": "HE", "802.11be": "EHT" }[protocol];
  return generation === undefined ? "NONE" : `${generation}${width}`;
}

/** The other way round. Where the mode is NONE, band and width tell the generation. */
export function generationOf(htmode: string, band: string | undefined, width: number): string {
  const [, generation] = /^(HT|VHT|HE|EHT)\d/.exec(htmode) ?? [];
  const named = { HT: "802.11n", VHT: "802.11ac", HE: "802.11ax", EHT: "802.11be" }[generation ?? ""];
  if (named === undefined && width > 20) return width > 40 ? "802.11ac" : "802.11n";
  return named ?? (band === "5g" ? "802.11a" : band === "60g" ? "802.11ad" : "802.11g");
}
