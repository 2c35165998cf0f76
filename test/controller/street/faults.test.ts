import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decide,
  type Fault,
  faultNames,
  faultWords,
  putRight,
  type Target,
} from "../../../controller/street/break/faults.ts";

const targets: Target[] = [
  { key: "grays", id: "site-a", name: "Grays High Street", kind: "site" },
  { key: "tilbury", id: "site-b", name: "Tilbury", kind: "site" },
  { key: "ap-01", id: "ap-a", name: "Market place", kind: "access-point" },
  { key: "ap-05", id: "ap-b", name: "Station steps", kind: "access-point" },
  { key: "sensor-01", id: "sensor-a", name: "Air", kind: "sensor" },
];
const cut: Fault = { what: "cut-uplink", target: "grays", since: 1 };

describe("breaking something", () => {
  it("breaks what is named by its name, its id or its key", () => {
    for (const site of ["Grays High Street", "grays high street", "site-a", "grays"])
      expect(decide([], { what: "cut-uplink", site }, targets, 1)).toMatchObject({
        ok: true,
        faults: [cut],
        begun: [cut],
      });
  });

  it("breaks one place after another, and each once", () => {
    const both = decide([cut], { what: "cut-uplink", site: "tilbury" }, targets, 2);
    expect(both).toMatchObject({ faults: [cut, { target: "tilbury", since: 2 }] });
    expect(decide([cut], { what: "cut-uplink", site: "grays" }, targets, 9)).toMatchObject({
      faults: [cut],
      begun: [],
    });
  });

  it("takes its first suggestion where nothing is named", () => {
    expect(decide([], { what: "pull-power" }, targets, 1)).toMatchObject({ begun: [{ target: "ap-05" }] });
    expect(decide([], { what: "blind-controller" }, targets, 1)).toMatchObject({ begun: [{ target: null }] });
  });

  it("mends one, and everything", () => {
    const power: Fault = { what: "pull-power", target: "ap-01", since: 3 };
    const one = decide([cut, power], { what: "cut-uplink", site: "grays", undo: true }, targets, 4);
    expect(one).toMatchObject({ faults: [power], ended: [cut], begun: [] });
    expect(decide([cut, power], { what: putRight }, targets, 4)).toMatchObject({ faults: [], ended: [cut, power] });
    expect(decide([], { what: putRight }, targets, 4)).toMatchObject({ ok: true, did: "Nothing was broken." });
  });

  it("does what mends itself once, and keeps nothing of it", () => {
    const wish = { what: "bad-configuration", device: "Market place" };
    const once = { what: "bad-configuration", target: "ap-01" };
    expect(decide([cut], wish, targets, 4)).toMatchObject({ faults: [cut], begun: [], once });
    expect(decide([], { ...wish, undo: true }, targets, 4)).toMatchObject({ ok: false, path: "undo" });
  });

  it.each([
    [{ what: "everything" }, /"everything" is none of cut-uplink, .*, put-right/],
    [{ what: "cut-uplink", site: "Atlantis" }, /"Atlantis" is none of "Grays High Street", "Tilbury"/],
    [{ what: "pull-power", device: "Air" }, /none of "Market place", "Station steps"/],
  ])("says what is allowed instead of %j", (wish, message) => {
    expect(decide([], wish, targets, 1)).toMatchObject({ ok: false, message: expect.stringMatching(message) });
  });

  it("never has one thing broken twice, whatever is wished", () => {
    const wish = fc.record({
      what: fc.constantFrom(...faultNames, putRight, "nonsense"),
      undo: fc.boolean(),
      site: fc.constantFrom("grays", "tilbury", "nowhere"),
      device: fc.constantFrom("ap-01", "ap-05", "sensor-01"),
    });
    fc.assert(
      fc.property(fc.array(wish), (wishes) => {
        let faults: Fault[] = [];
        for (const [now, one] of wishes.entries()) {
          const decision = decide(faults, one, targets, now);
          if (!decision.ok) continue;
          const { ended, begun } = decision;
          // What is done is just what differs.
          expect(decision.faults.length).toBe(faults.length - ended.length + begun.length);
          for (const fault of ended) expect(faults).toContain(fault);
          faults = decision.faults;
          expect(new Set(faults.map(({ what, target }) => `${what} ${target}`)).size).toBe(faults.length);
        }
        expect(decide(faults, { what: putRight }, targets, 0)).toMatchObject({ faults: [], ended: faults });
      }),
    );
  });

  it("is told in words: a verb, what is seen, and when", () => {
    for (const name of faultNames) {
      const { verb, watch, does } = faultWords[name];
      expect(verb).toMatch(/^[A-Z][a-z]+ /);
      expect(`${does} ${watch}`).not.toMatch(/\b(boot|sequence|verdict|told)\b/);
    }
  });
});
