import { expect, it } from "vitest";
import { radioNames } from "../../dashboards/web/src/measurements.ts";

const radio = (name: string, mhz: number) => ({
  m: "radio",
  tags: { radio: name },
  at: 0,
  fields: { frequency_mhz: mhz },
});

it("radios are called by their band, and by their name too where two share one", () => {
  const latest = [radio("phy0", 2_437), radio("phy1", 5_180), radio("phy2", 5_745), radio("phy3", 6_135)];
  expect([...radioNames(latest as Parameters<typeof radioNames>[0])]).toEqual([
    ["phy0", "2.4 GHz"],
    ["phy1", "5 GHz, phy1"],
    ["phy2", "5 GHz, phy2"],
    ["phy3", "6 GHz"],
  ]);
});
