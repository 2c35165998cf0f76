import { type Profile, usualAntenna } from "../profile.ts";

export const unifi6Plus: Profile = {
  model: "Ubiquiti UniFi 6 Plus",
  board: "ubnt,unifi-6-plus",
  target: "mediatek/filogic",
  outdoor: false,
  flashMiB: 4096,
  memoryMiB: 512,
  ports: ["eth0"],
  leds: ["blue:dome", "white:dome"],
  radios: [
    {
      name: "radio0",
      chip: "MT7976",
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
      chip: "MT7976",
      bands: ["5g"],
      generation: "802.11ax",
      widthMostMhz: 160,
      chains: 2,
      ...usualAntenna["5g"],
      radar: true,
      networksMost: 16,
    },
  ],
};
