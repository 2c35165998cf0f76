import { describe, expect, it } from "vitest";
import type { Fault, Target } from "../../../controller/street/break/faults.ts";
import { linesCut } from "../../../controller/street/break/lines.ts";

const device = (key: string, site: string): Target => ({ key, id: key, name: key, kind: "access-point", site });
const targets: Target[] = [
  { key: "grays", id: "site-a", name: "Grays", kind: "site" },
  ...["a", "b", "c", "d"].map((key) => device(key, "grays")),
  device("e", "tilbury"),
];
const fault = (what: Fault["what"], since: number): Fault => ({ what, target: "grays", since });

describe("lines that are cut", () => {
  it("at once, as long as it is wished", () => {
    expect(linesCut([fault("cut-uplink", 5)], targets, 1e9)).toEqual({ sites: ["grays"], devices: [] });
    expect(linesCut([], targets, 1e9)).toEqual({ sites: [], devices: [] });
  });

  it("one device after the other, only those of the site, each time in another order", () => {
    const at = (since: number, afterMs: number) =>
      linesCut([fault("fray-uplink", since)], targets, since + afterMs).devices;
    expect([0, 2_000, 4_000, 6_000, 99_000].map((ms) => at(0, ms).join(""))).toEqual([
      "a",
      "ab",
      "abc",
      "abcd",
      "abcd",
    ]);
    expect(at(1_000, 99_000).join("")).toBe("dcba");
    expect(at(2_000, 99_000).join("")).toBe("bdac");
  });

  it("comes and goes, a minute each", () => {
    const isCut = (afterMs: number) => linesCut([fault("flap-uplink", 7)], targets, 7 + afterMs).sites.length === 1;
    expect([0, 59_999, 60_000, 119_999, 120_000].map(isCut)).toEqual([true, true, false, false, true]);
  });
});
