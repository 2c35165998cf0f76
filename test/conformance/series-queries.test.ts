import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hourMs, type SeriesQuery, type SeriesStore, TooManyPoints } from "../../controller/store/series/index.ts";
import { type Backend, backends, dayMs } from "./backends.ts";
import { custom, load1, net, noon, oks, rx, system } from "./series-points.ts";

let devices = 0;
/** Every test has devices of its own, so that they don't see each other's points. */
const device = (): string => `dev-${++devices}`;
const pointsOf = async (store: SeriesStore, query: SeriesQuery) => {
  const { series } = await store.query(query);
  expect(series.length).toBeLessThanOrEqual(1);
  return series[0]?.points ?? [];
};

describe.each(Object.keys(backends))("series in %s", (kind) => {
  let backend: Backend;
  let store: SeriesStore;
  beforeAll(async () => {
    backend = await (backends[kind] as () => Promise<Backend>)();
    store = backend.store;
  });
  afterAll(() => backend?.end());

  it("counts more than anybody would fetch at once", async () => {
    const d = device();
    for (const half of [0, 1]) {
      const points = Array.from({ length: 5_000 }, (_, i) =>
        custom(d, noon + 2 * i + half, "l", "r", { number: i, other: i, total_bytes: i, words: "x" }),
      );
      expect(await store.write(points)).toEqual(oks(5_000));
    }
    expect(await store.count(d, 0, noon + dayMs)).toBe(10_000);
    expect(await store.count(d, noon + 100, noon + 5_100, "custom_bench")).toBe(5_000);
  });

  describe("a query", () => {
    it("takes from inclusive and to exclusive", async () => {
      const d = device();
      await store.write([0, 1, 2, 3].map((n) => system(d, noon + n, { load1: n })));
      expect(await pointsOf(store, load1(d, { from: noon + 1, to: noon + 3 }))).toEqual([
        [noon + 1, 1],
        [noon + 2, 2],
      ]);
      expect(await pointsOf(store, load1(d, { from: noon + 3, to: noon + 3 }))).toEqual([]);
      const sums = load1(d, { from: noon + 1, to: noon + 3, everyMs: 1_000, fn: "sum" });
      expect(await pointsOf(store, sums)).toEqual([[noon, 3]]);
    });

    it("answers nothing for no device, a strange one, and a field that nobody sent", async () => {
      const d = device();
      await store.write([system(d, noon, { load1: 1 })]);
      for (const query of [load1(d, { devices: [] }), load1("stranger"), load1(d, { field: "load5" })])
        expect(await store.query(query)).toEqual({ resolution: "raw", series: [] });
    });

    it("keeps devices apart and in order, over days, as many as asked", async () => {
      const many = Array.from({ length: 230 }, device).sort();
      for (const day of [0, 1])
        await store.write(many.map((d, i) => system(d, noon + day * dayMs, { load1: i + day / 2 })));
      const { series } = await store.query(load1("", { devices: [...many, ...many], to: noon + 2 * dayMs }));
      expect(series.map((s) => s.device)).toEqual(many);
      expect(series[7]?.points).toEqual([
        [noon, 7],
        [noon + dayMs, 7.5],
      ]);
    });

    it("names buckets by their start, aligned since 1970, and leaves gaps", async () => {
      const d = device();
      const minutes = [0.5, 1, 9.9, 10, 31];
      await store.write(minutes.map((minute, i) => system(d, noon + minute * 60_000, { load1: i })));
      const query = load1(d, { from: noon + 30_000, everyMs: 600_000, fn: "count" });
      expect(await pointsOf(store, query)).toEqual([
        [noon, 3],
        [noon + 600_000, 1],
        [noon + 1_800_000, 1],
      ]);
      const odd = 7 * 60_000;
      const buckets = await pointsOf(store, load1(d, { everyMs: odd, fn: "last" }));
      expect(buckets.every(([start]) => start % odd === 0)).toBe(true);
      const day = await pointsOf(store, load1(d, { everyMs: dayMs, fn: "sum" }));
      expect(day).toEqual([[noon - dayMs / 2, 10]]);
    });

    it.each([
      ["mean", 3],
      ["min", -2],
      ["max", 7],
      ["sum", 12],
      ["count", 4],
      ["last", 4],
    ] as const)("%s of 3, 7, -2, 4 is %d", async (fn, expected) => {
      const d = device();
      await store.write([3, 7, -2, 4].map((value, i) => system(d, noon + i * 10_000, { load1: value })));
      await store.write([system(d, noon + 15_000, { load5: 1_000 })]);
      expect(await pointsOf(store, load1(d, { everyMs: 60_000, fn }))).toEqual([[noon, expected]]);
    });

    it("counts and takes the last of text", async () => {
      const d = device();
      await store.write(["a", "b", "c"].map((words, i) => custom(d, noon + i, "l", "r", { words })));
      const query = { ...load1(d), measurement: "custom_bench", field: "words", everyMs: 1_000 };
      expect(await pointsOf(store, { ...query, fn: "last" })).toEqual([[noon, "c"]]);
      expect(await pointsOf(store, { ...query, fn: "count" })).toEqual([[noon, 3]]);
      expect(await pointsOf(store, { ...query, fn: "last", by: [] })).toEqual([[noon, "c"]]);
    });

    it("adds up counters over restarts; the first point adds nothing", async () => {
      const d = device();
      const values = [1_000, 1_600, 1_900, 100, 400];
      await store.write(values.map((rx_bytes, i) => net(d, noon + i * 30_000, "eth0", { rx_bytes })));
      const query = rx(d, { everyMs: 60_000 });
      expect(await pointsOf(store, { ...query, fn: "increase" })).toEqual([
        [noon, 600],
        [noon + 60_000, 400],
        [noon + 120_000, 300],
      ]);
      expect(await pointsOf(store, { ...query, fn: "rate" })).toEqual([
        [noon, 20],
        [noon + 60_000, 400 / 60],
        [noon + 120_000, 10],
      ]);
    });

    it("makes no spike of a gap in a counter", async () => {
      const d = device();
      await store.write([
        net(d, noon, "eth0", { rx_bytes: 0 }),
        net(d, noon + 3_600_000, "eth0", { rx_bytes: 36_000 }),
      ]);
      const query = rx(d, { everyMs: 60_000 });
      expect(await pointsOf(store, { ...query, fn: "rate" })).toEqual([[noon + 3_600_000, 10]]);
      expect(await pointsOf(store, { ...query, fn: "increase" })).toEqual([[noon + 3_600_000, 36_000]]);
    });

    it("keeps series apart by the tags that are asked for and pools the rest", async () => {
      const d = device();
      const at = (seconds: number) => noon + seconds * 1_000;
      const points = [
        custom(d, at(0), "a", "x", { number: 1, total_bytes: 0 }),
        custom(d, at(10), "a", "x", { number: 3, total_bytes: 100 }),
        custom(d, at(0), "a", "y", { number: 5, total_bytes: 1_000 }),
        custom(d, at(10), "a", "y", { number: 7, total_bytes: 1_010 }),
        custom(d, at(5), "b", "x", { number: 9, total_bytes: 5 }),
      ];
      await store.write(points);
      const ask = async (more: Partial<SeriesQuery>) => {
        const query = { ...load1(d), measurement: "custom_bench", field: "number", ...more };
        return (await store.query(query)).series.map((s) => [s.tags, s.points]);
      };
      const every = { everyMs: 60_000 };
      expect(await ask({ ...every, fn: "mean" })).toEqual([
        [{ left: "a", right: "x" }, [[noon, 2]]],
        [{ left: "a", right: "y" }, [[noon, 6]]],
        [{ left: "b", right: "x" }, [[noon, 9]]],
      ]);
      expect(await ask({ ...every, fn: "mean", by: ["left"] })).toEqual([
        [{ left: "a" }, [[noon, 4]]],
        [{ left: "b" }, [[noon, 9]]],
      ]);
      expect(await ask({ ...every, fn: "max", by: ["right"] })).toEqual([
        [{ right: "x" }, [[noon, 9]]],
        [{ right: "y" }, [[noon, 7]]],
      ]);
      expect(await ask({ ...every, fn: "count", by: [] })).toEqual([[{}, [[noon, 5]]]]);
      expect(await ask({ ...every, fn: "last", by: ["left"] })).toEqual([
        [{ left: "a" }, [[noon, 7]]],
        [{ left: "b" }, [[noon, 9]]],
      ]);
      expect(await ask({ by: ["left"] })).toEqual([
        [
          { left: "a" },
          [
            [at(0), 1],
            [at(0), 5],
            [at(10), 3],
            [at(10), 7],
          ],
        ],
        [{ left: "b" }, [[at(5), 9]]],
      ]);
      const counters = { ...every, field: "total_bytes", by: [] };
      expect(await ask({ ...counters, fn: "increase" })).toEqual([[{}, [[noon, 110]]]]);
      expect(await ask({ ...counters, fn: "rate" })).toEqual([[{}, [[noon, 11]]]]);
    });

    it("agrees with arithmetic on whatever was written", async () => {
      const sample = fc.record({
        offset: fc.integer({ min: 0, max: 3_600_000 - 1 }),
        left: fc.constantFrom("a", "b"),
        number: fc.integer({ min: -1_000, max: 1_000 }),
      });
      const fns = ["mean", "min", "max", "sum", "count", "last"] as const;
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(sample, { selector: (s) => s.offset, minLength: 1, maxLength: 60 }),
          fc.constantFrom(...fns),
          fc.constantFrom(1, 999, 60_000, 420_000, 3_600_000),
          fc.boolean(),
          async (samples, fn, everyMs, pooled) => {
            const d = device();
            await store.write(samples.map((s) => custom(d, noon + s.offset, s.left, "r", { number: s.number })));
            const by = pooled ? { by: [] } : {};
            const query = { ...load1(d), measurement: "custom_bench", field: "number", everyMs, fn, ...by };
            const { series } = await store.query(query);
            const groups = pooled ? [samples] : ["a", "b"].map((left) => samples.filter((s) => s.left === left));
            const expected = groups.filter((group) => group.length > 0).map((group) => arithmetic(group, everyMs, fn));
            expect(series.map((s) => s.points)).toEqual(expected);
          },
        ),
        { numRuns: 40 },
      );
    });

    it("answers at most `limit` points", async () => {
      const d = device();
      await store.write(Array.from({ length: 20 }, (_, i) => system(d, noon + i * 1_000, { load1: i })));
      expect(await pointsOf(store, load1(d, { limit: 20 }))).toHaveLength(20);
      await expect(store.query(load1(d, { limit: 19 }))).rejects.toThrow(TooManyPoints);
      for (const fn of ["mean", "last", "increase"] as const) {
        const query = load1(d, { everyMs: 2_000, fn });
        expect(await pointsOf(store, { ...query, limit: 10 })).toHaveLength(10);
        await expect(store.query({ ...query, limit: 9 })).rejects.toThrow(TooManyPoints);
      }
    });

    it("stays finite where a sum would not", async () => {
      const d = device();
      await store.write([0, 1].map((i) => system(d, noon + i, { load1: Number.MAX_VALUE })));
      expect(await pointsOf(store, load1(d, { everyMs: 1_000, fn: "sum" }))).toEqual([[noon, Number.MAX_VALUE]]);
    });

    it("takes the greater of two last values at the same time", async () => {
      const d = device();
      const points = [3, 9, 5].map((number, i) => custom(d, noon, `left-${i}`, "r", { number }));
      await store.write(points);
      const query = { ...load1(d), measurement: "custom_bench", field: "number", everyMs: 1_000, by: [] };
      expect(await pointsOf(store, { ...query, fn: "last" })).toEqual([[noon, 9]]);
    });

    it("is refused where the catalogue cannot answer it", async () => {
      const words = { ...load1("d"), measurement: "custom_bench", field: "words", everyMs: 1_000 };
      const impossible: SeriesQuery[] = [
        load1("d", { measurement: "nothing" }),
        load1("d", { field: "nothing" }),
        load1("d", { measurement: "constructor" }),
        load1("d", { by: ["interface"] }),
        load1("d", { everyMs: 0, fn: "mean" }),
        load1("d", { everyMs: 1.5, fn: "mean" }),
        load1("d", { everyMs: 1_000 }),
        { ...words, fn: "mean" },
        { ...words, fn: "max" },
      ];
      for (const query of impossible) await expect(store.query(query)).rejects.toMatchObject({ kind: "invalid" });
    });
  });

  it("knows the hours of a day in which devices have points", async () => {
    const [one, other] = [device(), device()];
    const day = noon - 12 * hourMs;
    await store.write([
      system(one, day - 1, { load1: 1 }),
      system(one, day + 2 * hourMs - 1, { load1: 1 }),
      net(one, day + 5 * hourMs, "eth0", { rx_bytes: 1 }),
      system(one, day + 5 * hourMs + 7, { load5: 1 }),
      system(other, day + 24 * hourMs - 1, { load1: 1 }),
    ]);
    const hours = await store.hoursOn(noon, [one, other, device()]);
    const told = hours.map(({ device: d, hourAt }) => `${d} ${(hourAt - day) / hourMs}`);
    expect(told.sort()).toEqual([`${one} 1`, `${one} 5`, `${other} 23`].sort());
  });
});

/** The plain way, to compare with. */
function arithmetic(samples: { offset: number; number: number }[], everyMs: number, fn: string): [number, number][] {
  const buckets = new Map<number, number[]>();
  for (const { offset, number } of [...samples].sort((a, b) => a.offset - b.offset)) {
    const start = Math.floor((noon + offset) / everyMs) * everyMs;
    buckets.set(start, [...(buckets.get(start) ?? []), number]);
  }
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const value: Record<string, (values: number[]) => number> = {
    mean: (values) => sum(values) / values.length,
    min: (values) => Math.min(...values),
    max: (values) => Math.max(...values),
    sum,
    count: (values) => values.length,
    last: (values) => values.at(-1) as number,
  };
  return [...buckets].map(([start, values]) => [start, (value[fn] as (v: number[]) => number)(values)]);
}
