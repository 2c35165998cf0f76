import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admit, type Point } from "#wire";
import { thin, thinMs } from "../../../edge-agent/link/spool/thin.ts";

const start = Math.ceil(Date.UTC(2026, 5, 1) / thinMs) * thinMs;
const at = (seconds: number): number => start + seconds * 1000;

describe("5-minute values", () => {
  it("are the mean of a gauge, and the last of a counter and a state", () => {
    const t = { interface: "eth0" };
    const points: Point[] = [
      { m: "system", at: at(0), f: { load1: 1, cpu_percent: 10 } },
      { m: "interface", at: at(0), t, f: { rx_bytes: 100, up: 1 } },
      { m: "system", at: at(10), f: { load1: 2 } },
      { m: "interface", at: at(10), t, f: { rx_bytes: 300, up: 0 } },
      { m: "system", at: at(299), f: { load1: 6 } },
      { m: "system", at: at(300), f: { load1: 7 } },
    ];
    expect(thin(points)).toEqual([
      { m: "interface", at: at(10), t, f: { rx_bytes: 300, up: 0 } },
      { m: "system", at: at(299), f: { load1: 3, cpu_percent: 10 } },
      { m: "system", at: at(300), f: { load1: 7 } },
    ]);
  });

  it("of what the catalogue does not name are the last, and a mean that no number holds is none", () => {
    const points: Point[] = [1, 2].map((n) => ({ m: "weather", at: at(n), f: { rain: n } }));
    expect(thin(points)[0]?.f).toEqual({ rain: 2 });
    const huge: Point[] = [1, 2].map((n) => ({ m: "system", at: at(n), f: { load1: 1.7e308 } }));
    expect(thin(huge)[0]?.f).toEqual({ load1: 1.7e308 });
  });

  it("are one a series and bucket, in any order the same, at a time that one of the points had", () => {
    const point = fc.record({
      m: fc.constantFrom("system", "agent"),
      of: fc.option(fc.constantFrom("sensor-1", "sensor-2"), { nil: undefined }),
      at: fc.integer({ min: 0, max: 3 * 300 }).map(at),
      value: fc.integer({ min: -1000, max: 1000 }),
    });
    const series = ({ m, of, at: time }: Point): string => `${m} ${of} ${Math.floor(time / thinMs)}`;
    fc.assert(
      fc.property(fc.uniqueArray(point, { selector: (p) => `${p.m} ${p.of} ${p.at}`, maxLength: 60 }), (made) => {
        const points = made.map(({ value, of, ...rest }): Point => {
          const f = rest.m === "system" ? { load1: value } : { memory_used_bytes: value };
          return { ...rest, f, ...(of ? { of } : {}) };
        });
        const values = thin(points);
        expect(new Set(values.map(series)).size).toBe(values.length);
        expect(new Set(points.map(series)).size).toBe(values.length);
        for (const value of values) {
          const of = points.filter((p) => series(p) === series(value));
          expect(value.at).toBe(Math.max(...of.map((p) => p.at)));
          const mean = of.reduce((sum, p) => sum + Number(Object.values(p.f)[0]), 0) / of.length;
          expect(Number(Object.values(value.f)[0])).toBeCloseTo(mean, 6);
          expect(admit(value).ok).toBe(true);
        }
        const inOrder = (all: Point[]) => [...all].sort((a, b) => (series(a) < series(b) ? -1 : 1));
        expect(inOrder(thin([...points].reverse()))).toEqual(inOrder(values));
      }),
      { numRuns: 100 },
    );
  });
});
