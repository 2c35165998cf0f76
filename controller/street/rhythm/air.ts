import { chance, wander } from "../chance.ts";
import type { Character } from "../town/sites.ts";
import { crowdAt } from "./people.ts";

export const radios = [
  { radio: "phy0", interface: "phy0-ap0", band: 2.4, share: 0.3, channels: [1, 6, 11] },
  { radio: "phy1", interface: "phy1-ap0", band: 5, share: 0.7, channels: [36, 52, 100, 116] },
] as const;
export type Radio = (typeof radios)[number];

interface Place {
  seed: number;
  key: string;
  site: { character: Character };
  quirk: "noisy-radio" | "drifts" | null;
}

export function channelOf(seed: number, key: string, { radio, channels }: Radio): { channel: number; mhz: number } {
  const channel = channels[Math.floor(chance(seed, key, radio, "channel") * channels.length)] ?? channels[0];
  return { channel, mhz: channel < 15 ? 2_407 + 5 * channel : 5_000 + 5 * channel };
}

/** dBm. @param jammed somebody broke it on purpose */
export function noiseAt({ seed, key, quirk, site }: Place, radio: Radio, at: number, jammed: boolean): number {
  if (jammed) return Math.round(-68 + 4 * wander(seed, `${key} jam`, at, 20_000));
  const quiet = radio.band === 5 ? -97 : -93;
  const neighbours = quirk === "noisy-radio" && radio.band === 2.4 ? 6 + 8 * crowdAt(site.character, at) : 0;
  return Math.round(quiet + neighbours + 3 * wander(seed, `${key} ${radio.radio} noise`, at, 60_000));
}

/** Percent of the time that the channel is busy with others and with beacons; what own clients add is `perClient`. */
export function othersPercent({ seed, key, site, quirk }: Place, radio: Radio, at: number): number {
  const others = radio.band === 5 ? 3 : 11;
  const near = (radio.band === 5 ? 4 : 17) * Math.min(1, crowdAt(site.character, at));
  const noisy = quirk === "noisy-radio" && radio.band === 2.4 ? 16 : 0;
  return others + (near + noisy) * (0.6 + 0.6 * wander(seed, `${key} ${radio.radio} others`, at, 120_000));
}
/** Percent of the channel that one device takes, and that a jammer takes. */
export const perClient = { 2.4: 1.15, 5: 0.62 } as const;
export const jammedPercent = 52;
