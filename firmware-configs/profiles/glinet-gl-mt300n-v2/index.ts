import { type Profile, usualAntenna } from "../profile.ts";

export const glMt300n: Profile = {
  model: "GL.iNet GL-MT300N-V2",
  board: "glinet,gl-mt300n-v2",
  target: "ramips/mt76x8",
  outdoor: false,
  flashMiB: 16,
  memoryMiB: 128,
  ports: ["eth0"],
  leds: ["green:power", "green:wan", "red:wlan"],
  radios: [
    {
      name: "radio0",
      chip: "MT7628",
      bands: ["2g"],
      generation: "802.11n",
      widthMostMhz: 40,
      chains: 2,
      ...usualAntenna["2g"],
      radar: false,
      networksMost: 4,
    },
  ],
};
