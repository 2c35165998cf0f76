import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogue } from "#wire";
import { aggregate, checkQuery, type RawSeries } from "../../../controller/store/series/aggregate.ts";
import { type Aggregate, type SeriesQuery, TooManyPoints } from "../../../controller/store/series/index.ts";

const query = (more: Partial<SeriesQuery>): SeriesQuery => {
  return { devices: ["d"], measurement: "interface", field: "rx_bytes", from: 0, to: 1e9, limit: 1e6, ...more };
};
const series = (points: [number, number | string][], tags = { interface: "eth0" }): RawSeries => {
  return { device: "d", tags, points };
};
/** Strictly rising times with values. */
const samples = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 0, max: 1_000 })), { maxLength: 80 })
  .map((steps) => {
    let at = 0;
    return steps.map(([step, value]): [number, number] => {
      at += step;
      return [at, value];
    });
  });

describe("aggregates", () => {
  it("of a counter add up to its whole rise, however wide the buckets are", () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 1_000_000 }), (points, everyMs) => {
        const [answer] = aggregate(query({ everyMs, fn: "increase" }), [series(points)]);
        const sum = (answer?.points ?? []).reduce((total, [, value]) => total + Number(value), 0);
        let expected = 0;
        for (let i = 1; i < points.length; i++) {
          const [before, now] = [points[i - 1]?.[1] ?? 0, points[i]?.[1] ?? 0];
          expected += now < before ? now : now - before;
        }
        expect(sum).toBe(expected);
      }),
    );
  });

  it("of a steady counter have its rate, whatever points are missing and however wide the buckets are", () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 2, maxLength: 50 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 500_000 }), (unsorted, everyMs) => {
        const points = unsorted.sort((a, b) => a - b).map((at): [number, number] => [at, at * 3]);
        const [answer] = aggregate(query({ everyMs, fn: "rate" }), [series(points)]);
        for (const [, value] of answer?.points ?? []) expect(value).toBeCloseTo(3_000, 6);
      }),
    );
  });

  it("lie on the grid, in order, within what was measured, and only where something was", () => {
    const fns = fc.constantFrom<Aggregate>("mean", "min", "max", "last", "count", "sum");
    fc.assert(
      fc.property(samples, fns, fc.integer({ min: 1, max: 300_000 }), (points, fn, everyMs) => {
        const [answer] = aggregate(query({ everyMs, fn }), [series(points)]);
        const starts = (answer?.points ?? []).map(([start]) => start);
        expect(starts).toEqual([...new Set(points.map(([at]) => at - (at % everyMs)))]);
        for (const [start, value] of answer?.points ?? []) {
          const inside = points.filter(([at]) => at >= start && at < start + everyMs).map(([, v]) => v);
          if (fn === "count") expect(value).toBe(inside.length);
          else if (fn !== "sum") {
            expect(value).toBeGreaterThanOrEqual(Math.min(...inside));
            expect(value).toBeLessThanOrEqual(Math.max(...inside));
          }
        }
      }),
    );
  });

  it("don't depend on the order in which a backend lists its series", () => {
    const fns = fc.constantFrom<Aggregate>("mean", "min", "max", "last", "count", "sum", "increase");
    const some = fc.array(samples, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(some, fc.option(fns, { nil: undefined }), (lists, fn) => {
        const all = lists.map((points, i) => series(points, { interface: `eth${i}` }));
        const asked = query({ by: [], ...(fn ? { everyMs: 60_000, fn } : {}) });
        expect(aggregate(asked, [...all].reverse())).toEqual(aggregate(asked, all));
      }),
    );
  });

  it("take a fall of a counter for a restart from 0", () => {
    const points: [number, number][] = [
      [0, 50],
      [10, 80],
      [20, 5],
      [30, 5],
      [40, 0],
    ];
    expect(aggregate(query({ everyMs: 1_000, fn: "increase" }), [series(points)])[0]?.points).toEqual([[0, 35]]);
  });

  it("stop reading at the limit where the points themselves are asked for", () => {
    let read = 0;
    const endless = function* (): Generator<RawSeries> {
      for (;;) {
        read += 1;
        yield series([[read, 1]]);
      }
    };
    expect(() => aggregate(query({ limit: 10 }), endless())).toThrow(TooManyPoints);
    expect(read).toBe(11);
  });
});

describe("a query is refused", () => {
  it.each<[string, Partial<SeriesQuery>]>([
    ["without such a measurement", { measurement: "weather" }],
    ["without such a field", { field: "toString" }],
    ["without such a tag", { by: ["ssid"] }],
    ["with buckets of no width", { everyMs: 0, fn: "mean" }],
    ["with buckets of nothing", { everyMs: 1_000 }],
  ])("%s", (_, more) => {
    expect(() => checkQuery(query(more), catalogue)).toThrow(expect.objectContaining({ kind: "invalid" }));
  });

  it("in no other case", () => {
    expect(() => checkQuery(query({ everyMs: 1_000, fn: "rate", by: ["interface"] }), catalogue)).not.toThrow();
  });
});
