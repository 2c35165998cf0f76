import { type Profile, usualAntenna } from "../profile.ts";

export const glMt3000: Profile = {
  model: "GL.iNet GL-MT3000",
  board: "glinet,gl-mt3000",
  target: "mediatek/filogic",
  outdoor: false,
  flashMiB: 256,
  memoryMiB: 512,
  ports: ["eth0", "eth1"],
  leds: ["blue:run", "white:system"],
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
