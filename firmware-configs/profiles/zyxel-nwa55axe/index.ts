import { type Profile, usualAntenna } from "../profile.ts";

export const nwa55axe: Profile = {
  model: "ZyXEL NWA55AXE",
  board: "zyxel,nwa55axe",
  target: "ramips/mt7621",
  outdoor: true,
  flashMiB: 128,
  memoryMiB: 256,
  ports: ["lan"],
  leds: [],
  radios: [
    {
      name: "radio0",
      chip: "MT7915",
      bands: ["2g"],
      generation: "802.11ax",
      widthMostMhz: 40,
      chains: 2,
      ...usualAntenna["2g"],
      radar: false,
      networksMost: 16,
    },
    {
      name: "radio1",
      chip: "MT7915",
      bands: ["5g"],
      generation: "802.11ax",
      widthMostMhz: 80,
      chains: 2,
      ...usualAntenna["5g"],
      radar: true,
      networksMost: 16,
    },
  ],
};
