import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { zoneOf } from "../../../controller/base/zone.ts";
import { overlap, type Place } from "../../../controller/rollout/facts.ts";
import { rolloutSettings } from "../../../controller/rollout/schema.ts";
import { wavesOf } from "../../../controller/rollout/waves.ts";
import { isWithin } from "../../../controller/rollout/window.ts";

const place = (n: number, sites: number) => ({ id: `ap-${String(n).padStart(3, "0")}`, site: `s-${n % sites}` });
const usual = rolloutSettings.parse({});
const nobody = () => false;

describe("waves", () => {
  it("one, a tenth, half, all; each over as many sites as it can", () => {
    const all = Array.from({ length: 40 }, (_, n) => place(n, 8));
    const waves = wavesOf(all, usual.waves, nobody);
    const sizes = [0, 1, 2, 3].map((wave) => waves.filter((one) => one.wave === wave).length);
    expect(sizes).toEqual([1, 3, 16, 20]);
    const siteOf = new Map(all.map(({ id, site }) => [id, site]));
    const sites = new Set(waves.filter(({ wave }) => wave <= 1).map(({ id }) => siteOf.get(id)));
    expect(sites.size).toBe(4);
  });

  it("everybody is in exactly one, in any order of asking; who is away comes last", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(
          fc.oneof(
            fc.record({ devices: fc.integer({ min: 1, max: 50 }) }),
            fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
          ),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        fc.func(fc.boolean()),
        (many, sites, waves, away) => {
          const all = Array.from({ length: many }, (_, n) => place(n, sites));
          const isAway = (id: string) => away(id);
          const made = wavesOf(all, waves, isAway);
          expect(made.map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id));
          expect(wavesOf([...all].reverse(), waves, isAway)).toEqual(made);
          const numbers = made.map(({ wave }) => wave);
          expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
          expect(new Set(numbers).size).toBe((numbers.at(-1) ?? 0) + 1);
          const firstAway = made.findIndex(({ id }) => isAway(id));
          if (firstAway >= 0) expect(made.slice(firstAway).every(({ id }) => isAway(id))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("a change window", () => {
  const london = zoneOf("Europe/London");
  const night = { days: [1, 2, 3, 4], from: "22:00", to: "05:00" };
  const at = (text: string) => Date.parse(text);

  it("runs past midnight, belongs to the day on which it began, and goes by the clocks of the place", () => {
    // 2026-11-26 is a Thursday.
    expect(isWithin(night, london, at("2026-11-26T22:00:00Z"))).toBe(true);
    expect(isWithin(night, london, at("2026-11-27T04:59:00Z"))).toBe(true);
    expect(isWithin(night, london, at("2026-11-27T05:00:00Z"))).toBe(false);
    expect(isWithin(night, london, at("2026-11-27T22:30:00Z"))).toBe(false);
    expect(isWithin(night, london, at("2026-11-26T21:59:00Z"))).toBe(false);
    // In summer 21:30 UTC is 22:30 in London.
    expect(isWithin(night, london, at("2026-07-02T21:30:00Z"))).toBe(true);
    const day = { days: [7], from: "09:00", to: "17:00" };
    expect(isWithin(day, london, at("2026-11-29T09:00:00Z"))).toBe(true);
    expect(isWithin(day, london, at("2026-11-29T17:00:00Z"))).toBe(false);
    expect(isWithin(day, london, at("2026-11-28T12:00:00Z"))).toBe(false);
  });
});

describe("overlapping coverage", () => {
  const ap = (id: string, more: Partial<Place> = {}): Place => ({
    id,
    kind: "access-point",
    site: "a",
    tags: [],
    location: null,
    ...more,
  });
  const near = (lat: number) => ({ lat, lon: 0.32 });

  it("is of a site by default, of what stands near, or what is declared", () => {
    expect(overlap(ap("1"), ap("2"), usual)).toBe(true);
    expect(overlap(ap("1"), ap("2", { site: "b" }), usual)).toBe(false);
    expect(overlap(ap("1", { site: null }), ap("2", { site: null }), usual)).toBe(false);
    const neighbours = rolloutSettings.parse({ apart: "neighbours", apartMetres: 120 });
    expect(overlap(ap("1", { location: near(51.47) }), ap("2", { location: near(51.471) }), neighbours)).toBe(true);
    expect(overlap(ap("1", { location: near(51.47) }), ap("2", { location: near(51.4712) }), neighbours)).toBe(false);
    expect(overlap(ap("1"), ap("2"), neighbours)).toBe(false);
    const declared = { tags: ["overlap:high-street"] };
    expect(overlap(ap("1", declared), ap("2", { ...declared, site: "b" }), usual)).toBe(true);
  });
});
