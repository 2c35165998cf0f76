import fc from "fast-check";
import { expect, it } from "vitest";
import type { Measurement } from "#wire";
import { aggregate, type RawSeries } from "../../../controller/store/series/aggregate.ts";
import { type Aggregate, hourMs, hourOf, type SeriesQuery } from "../../../controller/store/series/index.ts";
import { cellOf, type Row, rollUp } from "../../../controller/store/series/rollup/compute.ts";
import { type Level, widthsMs } from "../../../controller/store/series/rollup/levels.ts";
import { carve, planSpans, resolutionOf, type Span } from "../../../controller/store/series/rollup/plan.ts";
import type { Value } from "../../../controller/store/series/rollup/tally.ts";

const definition: Measurement = {
  meaning: "made up for tests",
  tags: { left: "any" },
  fields: {
    gauge: { type: "number", unit: "", kind: "gauge", meaning: "a value", percentiles: true },
    total: { type: "number", unit: "", kind: "counter", meaning: "goes up" },
  },
};
const start = Date.UTC(2026, 0, 5);
const hours = 30;
const now = start + hours * hourMs;
const fns: Aggregate[] = ["mean", "min", "max", "sum", "count", "last", "increase", "rate", "p50", "p95"];
type Points = readonly [at: number, value: number][];

/** What a backend would fetch by the plan. */
function fetched(points: Points, spans: readonly Span[], field: string, pending: ReadonlySet<number>): RawSeries {
  const found: { points: [number, Value][]; cells: NonNullable<RawSeries["cells"]>[number][] } = {
    points: [],
    cells: [],
  };
  for (const { level, from, to } of spans) {
    const inside = points.filter(([at]) => at >= from && at < to);
    if (level === "raw") {
      found.points.push(...inside);
      continue;
    }
    for (const hour of new Set(inside.map(([at]) => hourOf(at)))) {
      // What a pending hour says is nobody's business.
      expect(pending.has(hour)).toBe(false);
      const rows = points.filter(([at]) => hourOf(at) === hour) as readonly Row[];
      for (const row of rollUp(rows, [field], definition.fields)) {
        const cell = cellOf(row.at, row.fields[field] ?? {});
        if (row.level === level && row.at >= from && row.at < to && cell) found.cells.push(cell);
      }
    }
  }
  return { device: "d", tags: { left: "l" }, ...found };
}

it("whatever a plan takes from buckets, the answer is that of the raw points", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.nat({ max: hours * hourMs - 1 }), fc.nat({ max: 50 })), {
        selector: ([at]) => at,
        maxLength: 60,
      }),
      fc.uniqueArray(fc.nat({ max: hours - 1 }), { maxLength: 6 }),
      fc.constantFrom(...fns),
      fc.constantFrom(60_000, 300_000, 420_000, 900_000, hourMs, 3 * hourMs),
      fc.nat({ max: hours * hourMs }),
      fc.nat({ max: hours * hourMs }),
      fc.boolean(),
      (samples, dirty, fn, everyMs, a, b, aligned) => {
        const points: Points = samples
          .map(([offset, value]): [number, number] => [start + offset, value])
          .sort((x, y) => x[0] - y[0]);
        const grid = aligned ? everyMs : 1;
        const from = start + Math.floor(Math.min(a, b) / grid) * grid;
        const to = start + Math.ceil(Math.max(a, b) / grid) * grid;
        const field = fn === "increase" || fn === "rate" ? "total" : "gauge";
        const query: SeriesQuery = { devices: ["d"], measurement: "m", field, from, to, everyMs, fn, limit: 10_000 };
        const since = { raw: start - hourMs, "5-minute": start, hourly: start };
        const pending = new Set(dirty.map((hour) => start + hour * hourMs));
        const spans = carve(planSpans({ query, definition, since, now, rolledUp: true }), pending);
        const before = points.filter(([at]) => at < from).at(-1);
        const inside = points.filter(([at]) => at >= from && at < to);
        const raw = aggregate(query, [{ device: "d", tags: { left: "l" }, points: inside, before }]);
        const planned = aggregate(query, [{ ...fetched(points, spans, field, pending), before }]);
        expect(planned.map((one) => one.points.map(([at]) => at))).toEqual(
          raw.map((one) => one.points.map(([at]) => at)),
        );
        raw[0]?.points.forEach(([, value], i) => {
          expect(planned[0]?.points[i]?.[1]).toBeCloseTo(value as number, 6);
        });
        // Without gaps and overlaps.
        expect(spans.reduce((sum, span) => sum + span.to - span.from, 0)).toBe(Math.max(0, to - from));
        for (const { level, ...span } of spans)
          if (level !== "raw") expect([span.from % widthsMs[level], span.to % widthsMs[level]]).toEqual([0, 0]);
      },
    ),
    { numRuns: 200 },
  );
});

const dayMs = 24 * hourMs;
const query = (more: Partial<SeriesQuery>): SeriesQuery => {
  const time = { from: now - 400 * dayMs, to: now };
  return { devices: ["d"], measurement: "m", field: "gauge", everyMs: hourMs, fn: "mean", limit: 10, ...time, ...more };
};
const since = { raw: now - 14 * dayMs, "5-minute": now - 120 * dayMs, hourly: now - 1_000 * dayMs };
const levelsOf = (asked: SeriesQuery, rolledUp = true): [string, number][] =>
  planSpans({ query: asked, definition, since, now, rolledUp }).map(({ level, to }) => [level, (now - to) / dayMs]);

it.each<[string, Partial<SeriesQuery>, [Span["level"], number][]]>([
  ["the coarsest that is exact", {}, [["hourly", 0]]],
  [
    "the finest there is where none is exact",
    { everyMs: 900_000 },
    [
      ["hourly", 120],
      ["5-minute", 0],
    ],
  ],
  [
    "raw points as long as they are kept",
    { everyMs: 60_000 },
    [
      ["hourly", 120],
      ["5-minute", 14],
      ["raw", 0],
    ],
  ],
  ["no percentile of percentiles", { everyMs: 2 * hourMs, fn: "p95" }, [["raw", 0]]],
  ["nothing pooled of percentiles", { fn: "p50", by: [] }, [["raw", 0]]],
  ["nothing that buckets don't keep", { field: "total", fn: "sum" }, [["raw", 0]]],
  ["points as they are", { everyMs: undefined as never }, [["raw", 0]]],
])("a plan: %s", (_, more, expected) => {
  expect(levelsOf(query(more))).toEqual(expected);
});

it("trusts no bucket while raw points can answer and nothing is known", () => {
  expect(levelsOf(query({}), false)).toEqual([
    ["hourly", 14],
    ["raw", 0],
  ]);
});

it("names the level that answers most of the time", () => {
  const span = (level: Level | "raw", from: number, to: number): Span => ({ level, from, to });
  expect(resolutionOf([])).toBe("raw");
  expect(resolutionOf([[span("raw", 0, 5), span("hourly", 5, 9)]])).toBe("raw");
  expect(resolutionOf([[span("raw", 0, 5)], [span("hourly", 0, 5)]])).toBe("hourly");
});
