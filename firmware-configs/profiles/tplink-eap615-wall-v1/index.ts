import { type Profile, usualAntenna } from "../profile.ts";

export const eap615Wall: Profile = {
  model: "TP-Link EAP615-Wall v1",
  board: "tplink,eap615-wall-v1",
  target: "ramips/mt7621",
  outdoor: false,
  flashMiB: 16,
  memoryMiB: 128,
  ports: ["lan0", "lan1", "lan2", "lan3"],
  leds: ["white:status"],
  radios: [
    {
      name: "radio0",
      chip: "MT7905",
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
      chip: "MT7975",
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
