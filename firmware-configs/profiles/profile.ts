import type { Band } from "../radio.ts";

/** What a hardware model can do. From OpenWrt's device trees and images, unless it says "assumed". */
export interface Profile {
  /** As the vendor calls it. */
  model: string;
  /** As OpenWrt and the device name it (`/tmp/sysinfo/board_name`). */
  board: string;
  /** Of OpenWrt. */
  target: string;
  /** Made to hang outside: then the rules for outside hold. */
  outdoor: boolean;
  flashMiB: number;
  memoryMiB: number;
  /** As OpenWrt names them. */
  ports: readonly string[];
  /** Below /sys/class/leds. */
  leds: readonly string[];
  radios: readonly RadioProfile[];
}

export interface RadioProfile {
  /** As OpenWrt numbers them. */
  name: string;
  chip: string;
  bands: readonly Band[];
  /** Newest first; the older ones come with it. */
  generation: "802.11n" | "802.11ac" | "802.11ax";
  widthMostMhz: number;
  /** Antennas, each with its own chain. */
  chains: number;
  antennaDbi: number;
  /** Not from a data sheet: the usual gain of such an antenna. */
  antennaAssumed?: true;
  /** Hears radar and goes out of its way, without which most outdoor channels are forbidden. */
  radar: boolean;
  /** Networks at once. */
  networksMost: number;
}

/** Gains of the small antennas that such devices have; rather too much than too little. */
export const usualAntenna = {
  "2g": { antennaDbi: 3, antennaAssumed: true },
  "5g": { antennaDbi: 4, antennaAssumed: true },
} as const;
