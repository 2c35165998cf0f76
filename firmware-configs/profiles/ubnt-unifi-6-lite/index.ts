import { type Profile, usualAntenna } from "../profile.ts";

export const unifi6Lite: Profile = {
  model: "Ubiquiti UniFi 6 Lite",
  board: "ubnt,unifi-6-lite",
  target: "ramips/mt7621",
  outdoor: false,
  flashMiB: 32,
  memoryMiB: 256,
  ports: ["lan"],
  leds: ["blue:dome", "white:dome"],
  radios: [
    {
      name: "radio0",
      chip: "MT7603",
      bands: ["2g"],
      generation: "802.11n",
      widthMostMhz: 40,
      chains: 2,
      ...usualAntenna["2g"],
      radar: false,
      networksMost: 4,
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
      networksMost: 4,
    },
  ],
};
