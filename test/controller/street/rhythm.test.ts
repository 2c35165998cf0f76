import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chance, wander } from "../../../controller/street/chance.ts";
import { britishTime } from "../../../controller/street/rhythm/calendar.ts";
import { roundTripMs } from "../../../controller/street/rhythm/line.ts";
import { clientsAt, crowdAt } from "../../../controller/street/rhythm/people.ts";
import {
  isLineUp,
  isPowered,
  isRestarting,
  rebootMs,
  runsBetween,
  startedAt,
} from "../../../controller/street/rhythm/power.ts";
import { createTotal } from "../../../controller/street/rhythm/total.ts";
import { driftAt, weatherAt } from "../../../controller/street/rhythm/weather.ts";
import { crowd, devices } from "../../../controller/street/town/devices.ts";
import { sites, type TownSite } from "../../../controller/street/town/sites.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const site = (key: string): TownSite => sites.find((one) => one.key === key) as TownSite;
const placed = (key: string, seed = 1) => ({
  seed,
  ...(devices.find((one) => one.key === key) as (typeof devices)[0]),
});
/** Any moment of four years. */
const moment = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2030, 0, 1) });

describe("the town", () => {
  it("has 24 access points and 16 sensors at 8 sites in Thurrock, each told apart from all others", () => {
    const ofKind = (kind: string) => devices.filter((device) => device.kind === kind).length;
    expect([sites.length, ofKind("access-point"), ofKind("sensor")]).toEqual([8, 24, 16]);
    for (const of of ["key", "name", "serial"] as const) expect(new Set(devices.map((d) => d[of])).size).toBe(40);
    for (const { location } of devices) {
      expect(location.lat).toBeGreaterThan(51.44);
      expect(location.lat).toBeLessThan(51.54);
      expect(location.lon).toBeGreaterThan(0.2);
      expect(location.lon).toBeLessThan(0.48);
    }
  });

  it("lends its models to a crowd of any size", () => {
    const many = crowd("sensor", 1_000, "test");
    expect(new Set(many.map(({ serial }) => serial)).size).toBe(1_000);
    expect(many.every(({ kind, site: { character } }) => kind === "sensor" && character !== "columns")).toBe(true);
  });
});

describe("chance", () => {
  it("is the same for the same words, other for others, and even", () => {
    expect(chance(1, "a", 2)).toBe(chance(1, "a", 2));
    expect(new Set([chance(1, "a", 2), chance(2, "a", 2), chance(1, "a2"), chance(1, "a", 3)]).size).toBe(4);
    const some = Array.from({ length: 20_000 }, (_, i) => chance(3, "even", i));
    for (let tenth = 0; tenth < 10; tenth++)
      expect(some.filter((n) => Math.floor(n * 10) === tenth).length).toBeGreaterThan(1_800);
  });

  it("wanders without a jump", () => {
    for (let at = 0; at < 100 * minute; at += 1000)
      expect(Math.abs(wander(1, "x", at + 1000, 10 * minute) - wander(1, "x", at, 10 * minute))).toBeLessThan(0.01);
  });
});

describe("the calendar", () => {
  it("is Britain's, summer and winter", () => {
    expect(britishTime(Date.UTC(2026, 10, 23, 12))).toMatchObject({ weekday: 0, hour: 12 });
    expect(britishTime(Date.UTC(2026, 6, 3, 23, 30))).toMatchObject({ weekday: 5, hour: 0.5 });
  });

  it("agrees with the zone data of this machine", () => {
    const zone = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", hour: "2-digit", minute: "2-digit" });
    fc.assert(
      fc.property(moment, (at) => {
        const { hour: h } = britishTime(at);
        const said = `${String(Math.floor(h)).padStart(2, "0")}:${String(Math.floor((h % 1) * 60 + 1e-6)).padStart(2, "0")}`;
        expect(said).toBe(zone.format(at));
      }),
    );
  });
});

describe("people", () => {
  it("come for the market on Fridays, and to estates in the evening", () => {
    const noon = (date: number) => crowdAt("market", Date.UTC(2026, 10, date, 12));
    expect(noon(27)).toBeGreaterThan(1.7 * noon(26));
    const estate = (h: number) => crowdAt("estate", Date.UTC(2026, 10, 25, h));
    expect(estate(20)).toBeGreaterThan(2 * estate(11));
    expect(crowdAt("library", Date.UTC(2026, 10, 29, 12))).toBe(0);
  });

  it("are whole, never fewer than none, and few at night", () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...devices), (at, device) => {
        const clients = clientsAt({ seed: 5, ...device }, at);
        expect(Number.isInteger(clients) && clients >= 0 && clients <= device.busy * 3 + 3).toBe(true);
      }),
    );
    expect(clientsAt(placed("ap-01"), Date.UTC(2026, 10, 25, 4))).toBeLessThan(8);
  });
});

describe("the weather", () => {
  it("is colder in winter and at night, and darker", () => {
    const mean = (month: number, h: number) =>
      Array.from({ length: 28 }, (_, i) => weatherAt(1, Date.UTC(2026, month, i + 1, h)).celsius).reduce(
        (a, b) => a + b,
      ) / 28;
    expect(mean(6, 14)).toBeGreaterThan(mean(0, 14) + 8);
    expect(mean(6, 14)).toBeGreaterThan(mean(6, 4) + 3);
    expect(weatherAt(1, Date.UTC(2026, 5, 20, 12)).lux).toBeGreaterThan(5_000);
    expect(weatherAt(1, Date.UTC(2026, 5, 20, 1)).lux).toBeLessThan(50);
  });

  it("stays what can be", () => {
    fc.assert(
      fc.property(moment, (at) => {
        const { celsius, humidityPercent, hectopascals, pm25 } = weatherAt(9, at);
        expect(celsius > -15 && celsius < 40).toBe(true);
        expect(humidityPercent >= 30 && humidityPercent <= 100).toBe(true);
        expect(hectopascals > 990 && hectopascals < 1_035 && pm25 > 0).toBe(true);
      }),
    );
  });

  it("makes one sensor drift until it is calibrated", () => {
    const start = 30 * day * 700;
    expect(driftAt(start)).toBe(0);
    expect(driftAt(start + 29 * day)).toBeGreaterThan(15);
  });
});

describe("power", () => {
  it("comes to columns in the dark only, half an hour around their service hours", () => {
    const at = (h: number, m: number) => isPowered(site("chadwell"), Date.UTC(2026, 10, 23, h, m));
    expect([at(16, 29), at(16, 31), at(23, 0), at(7, 29), at(7, 31), at(12, 0)]).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(isPowered(site("grays"), Date.UTC(2026, 10, 23, 12))).toBe(true);
  });

  it("has columns start in the evening whose power they have, also when clocks change in the night", () => {
    const { key } = devices.find((one) => one.site.character === "columns") as (typeof devices)[0];
    const column = placed(key);
    fc.assert(
      fc.property(moment, (at) => {
        fc.pre(isPowered(column.site, at));
        const from = startedAt(column, at);
        expect(from <= at && at - from < 16.5 * hour).toBe(true);
        for (let step = from; step < at; step += 15 * minute) expect(isPowered(column.site, step)).toBe(true);
        // The evening, or its daily restart.
        expect(!isPowered(column.site, from - 1) || isRestarting(column, from)).toBe(true);
      }),
    );
  });

  it("lets every device start again once a day", () => {
    for (const device of devices.filter((one) => one.site.character !== "columns")) {
      const starts = new Set<number>();
      for (let at = Date.UTC(2026, 10, 2); at < Date.UTC(2026, 10, 5); at += 5 * minute)
        starts.add(startedAt({ seed: 1, ...device }, at));
      expect([3, 4]).toContain(starts.size);
    }
  });

  it("never lets a device run that is starting or has no power", () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...devices), fc.integer({ min: 1, max: 3 * day }), (from, device, lasts) => {
        const one = { seed: 2, ...device };
        let last = from - 1;
        for (const [begins, ends] of runsBetween(one, from, from + lasts)) {
          expect(begins).toBeGreaterThan(last);
          expect(ends).toBeGreaterThan(begins);
          for (const at of [begins, Math.floor((begins + ends) / 2), ends - 1]) {
            expect(isPowered(one.site, at) && !isRestarting(one, at)).toBe(true);
            expect(startedAt(one, at)).toBeLessThanOrEqual(at);
          }
          last = ends;
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is gone for a restart more briefly than a broken connection is forgiven", () => {
    expect(rebootMs).toBeLessThan(20_000);
  });
});

describe("lines", () => {
  it("are lost now and then where they are cellular, for less than a device may be silent", () => {
    const cellular = site("purfleet");
    let [lost, longest, now, elsewhere] = [0, 0, 0, 0];
    for (let at = Date.UTC(2026, 10, 23); at < Date.UTC(2026, 10, 24); at += 500) {
      now = isLineUp(1, cellular, at) ? 0 : now + 500;
      if (now === 500) lost++;
      longest = Math.max(longest, now);
      if (!isLineUp(1, site("grays"), at)) elsewhere++;
    }
    expect([lost > 20, elsewhere]).toEqual([true, 0]);
    expect(longest).toBeLessThan(12_000);
  });

  it("answer slower when it is busy, and lose little", () => {
    const tries = (key: string, h: number) =>
      Array.from({ length: 500 }, (_, i) => roundTripMs(1, site(key), Date.UTC(2026, 10, 25, h) + i * 2_000, "try"));
    const mean = (all: (number | null)[]) => {
      const came = all.filter((ms) => ms !== null);
      expect(came.length).toBeGreaterThan(480);
      return came.reduce((a, b) => a + b, 0) / came.length;
    };
    expect(mean(tries("tilbury", 20))).toBeGreaterThan(1.4 * mean(tries("tilbury", 4)));
  });
});

describe("a total", () => {
  it("is the integral of its rate, never goes back, and does not depend on who asked before", () => {
    const rate = (at: number) => 5 + Math.sin(at / hour) * 4 + chance(1, "r", Math.floor(at / minute));
    fc.assert(
      fc.property(
        moment,
        fc.array(fc.integer({ min: 0, max: 3 * hour }), { minLength: 1, maxLength: 20 }),
        (from, steps) => {
          const total = createTotal(rate);
          let [at, last] = [from, 0];
          for (const step of steps) {
            at += step;
            const now = total(from, at);
            expect(now).toBeGreaterThanOrEqual(last);
            expect(now).toBeCloseTo(createTotal(rate)(from, at), 6);
            last = now;
          }
        },
      ),
      { numRuns: 50 },
    );
    expect(createTotal(() => 2)(10_000, 70_500)).toBeCloseTo(121, 9);
  });

  it("begins anew with a new start, also when it is asked backwards", () => {
    const total = createTotal(() => 1);
    expect([total(0, hour), total(hour, 2 * hour), total(0, 10_000)]).toEqual([3_600, 3_600, 10]);
  });
});
