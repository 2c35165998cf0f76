import { type Profile, usualAntenna } from "../profile.ts";

export const openWrtOne: Profile = {
  model: "OpenWrt One",
  board: "openwrt,one",
  target: "mediatek/filogic",
  outdoor: false,
  flashMiB: 256,
  memoryMiB: 1024,
  ports: ["eth0", "eth1"],
  leds: ["white:status", "green:status", "red:status", "amber:lan", "green:lan"],
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
      chains: 3,
      ...usualAntenna["5g"],
      radar: true,
      networksMost: 16,
    },
  ],
};
