import { type Profile, usualAntenna } from "../profile.ts";

export const nwa50ax: Profile = {
  model: "ZyXEL NWA50AX",
  board: "zyxel,nwa50ax",
  target: "ramips/mt7621",
  outdoor: false,
  flashMiB: 128,
  memoryMiB: 256,
  ports: ["lan"],
  leds: ["red:system", "green:system", "blue:system"],
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
