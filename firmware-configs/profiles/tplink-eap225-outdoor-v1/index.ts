import { type Profile, usualAntenna } from "../profile.ts";

export const eap225Outdoor: Profile = {
  model: "TP-Link EAP225-Outdoor v1",
  board: "tplink,eap225-outdoor-v1",
  target: "ath79/generic",
  outdoor: true,
  flashMiB: 16,
  memoryMiB: 128,
  ports: ["eth0"],
  leds: ["green:status", "amber:status"],
  radios: [
    {
      name: "radio0",
      chip: "QCA9886",
      bands: ["5g"],
      generation: "802.11ac",
      widthMostMhz: 80,
      chains: 2,
      ...usualAntenna["5g"],
      radar: true,
      networksMost: 8,
    },
    {
      name: "radio1",
      chip: "QCA9563",
      bands: ["2g"],
      generation: "802.11n",
      widthMostMhz: 40,
      chains: 2,
      ...usualAntenna["2g"],
      radar: false,
      networksMost: 8,
    },
  ],
};
