import { type Profile, usualAntenna } from "../profile.ts";

export const unifiAcMesh: Profile = {
  model: "Ubiquiti UniFi AC Mesh",
  board: "ubnt,unifiac-mesh",
  target: "ath79/generic",
  outdoor: true,
  flashMiB: 16,
  memoryMiB: 128,
  ports: ["eth0"],
  leds: ["ubnt:white:dome", "ubnt:blue:dome"],
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
