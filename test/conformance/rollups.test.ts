import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  hourMs,
  hourOf,
  type Series,
  type SeriesQuery,
  type SeriesStore,
  type StoredPoint,
} from "../../controller/store/series/index.ts";
import { type Backend, backends, createPending, dayMs, type PendingStandIn } from "./backends.ts";
import { custom, load1, net, noon, oks } from "./series-points.ts";

let devices = 0;
const device = (): string => `roll-${++devices}`;
const fns = ["mean", "min", "max", "sum", "count", "last", "p50", "p95"] as const;

describe.each(Object.keys(backends))("roll-ups in %s", (kind) => {
  let backend: Backend;
  let store: SeriesStore;
  let pending: PendingStandIn;
  beforeAll(async () => {
    pending = createPending();
    backend = await (backends[kind] as (pending: PendingStandIn) => Promise<Backend>)(pending);
    store = backend.store;
  });
  afterAll(() => backend?.end());

  /** Until everything is done, as the room does. */
  async function rollUp(hours: readonly { device: string; hourAt: number }[]): Promise<void> {
    for (let left = [...hours]; left.length > 0; ) left = left.slice(await store.rollUp(left));
    for (const { device: d, hourAt } of hours) pending.done(d, hourAt);
  }
  const put = async (points: readonly StoredPoint[]) => {
    expect(await store.write(points)).toEqual(oks(points.length));
    for (const { device: d, at } of points) pending.mark(d, hourOf(at));
  };
  const hoursOf = (points: readonly StoredPoint[]) =>
    [...new Set(points.map((p) => `${p.device} ${hourOf(p.at)}`))].map((text) => {
      const [d = "", hour] = text.split(" ");
      return { device: d, hourAt: Number(hour) };
    });
  const rawAnswer = async (query: SeriesQuery) => {
    pending.all = true;
    try {
      return await store.query(query);
    } finally {
      pending.all = false;
    }
  };
  const bench = (d: string, more: Partial<SeriesQuery>): SeriesQuery => {
    return { ...load1(d), measurement: "custom_bench", field: "spread", from: noon, to: noon + 6 * hourMs, ...more };
  };

  it("answer the same as raw points, whatever was asked, and say which level it was", async () => {
    const d = device();
    const points = Array.from({ length: 700 }, (_, i) =>
      custom(d, noon + i * 30_000 + (i % 7), `l${i % 2}`, "r", {
        number: (i * 7_919) % 101,
        spread: (i * 104_729) % 997,
        total_bytes: (i % 97) * 1_000,
        words: `w${i}`,
      }),
    );
    await put(points);
    await rollUp(hoursOf(points));
    for (const everyMs of [300_000, 900_000, hourMs, 2 * hourMs]) {
      for (const by of [undefined, ["left"], []] as const) {
        for (const fn of [...fns, "increase", "rate"] as const) {
          const field = fn === "increase" || fn === "rate" ? "total_bytes" : "spread";
          const query = bench(d, { everyMs, fn, field, ...(by ? { by } : {}) });
          const rolled = await store.query(query);
          const raw = await rawAnswer(query);
          expect(raw.resolution).toBe("raw");
          near(rolled.series, raw.series, `${fn} ${everyMs} ${by}`);
          const percentile = fn === "p50" || fn === "p95";
          const level = everyMs % hourMs === 0 ? "hourly" : "5-minute";
          const pooled = by !== undefined && !(by.length > 1);
          const exact = !percentile || (!pooled && (everyMs === 300_000 || everyMs === hourMs));
          expect(rolled.resolution, `${fn} ${everyMs} ${by}`).toBe(exact ? level : "raw");
        }
      }
    }
    const words = await store.query(bench(d, { everyMs: hourMs, fn: "last", field: "words", by: [] }));
    expect(words).toEqual({
      ...(await rawAnswer(bench(d, { everyMs: hourMs, fn: "last", field: "words", by: [] }))),
      resolution: "hourly",
    });
    expect(words.series[0]?.points[0]).toEqual([noon, "w119"]);
    expect((await store.query(bench(d, { everyMs: 60_000, fn: "mean" }))).resolution).toBe("raw");
    expect((await store.query(bench(d, {}))).resolution).toBe("raw");
  });

  it("answer a marked hour from raw points, in the middle of the others", async () => {
    const d = device();
    const points = Array.from({ length: 48 }, (_, i) => custom(d, noon + i * 300_000, "l", "r", { spread: i }));
    await put(points);
    await rollUp(hoursOf(points));
    await put([custom(d, noon + hourMs + 1, "l", "r", { spread: 1_000 })]);
    const { resolution, series } = await store.query(bench(d, { everyMs: hourMs, fn: "max" }));
    expect(resolution).toBe("hourly");
    expect(series[0]?.points).toEqual([11, 1_000, 35, 47].map((value, i) => [noon + i * hourMs, value]));
  });

  it("take what begins or ends within a bucket from raw points", async () => {
    const d = device();
    const points = Array.from({ length: 360 }, (_, i) => custom(d, noon + i * 60_000, "l", "r", { spread: 1 }));
    await put(points);
    await rollUp(hoursOf(points));
    const query = bench(d, { everyMs: hourMs, fn: "count", from: noon + 7 * 60_000, to: noon + 5 * hourMs + 60_000 });
    const { resolution, series } = await store.query(query);
    expect(resolution).toBe("hourly");
    expect(series[0]?.points.map(([, n]) => n)).toEqual([53, 60, 60, 60, 60, 1]);
  });

  it("add up a counter over the edges of buckets, over a restart, and from before the query", async () => {
    const d = device();
    const values = [100, 160, 220, 30, 90, 150];
    const points = values.map((rx_bytes, i) => net(d, noon + i * 40 * 60_000, "eth0", { rx_bytes }));
    await put(points);
    const query: SeriesQuery = {
      ...load1(d),
      measurement: "interface",
      field: "rx_bytes",
      everyMs: hourMs,
      fn: "increase",
      from: noon + hourMs,
      to: noon + 6 * hourMs,
    };
    const expected = [
      [noon + hourMs, 60],
      [noon + 2 * hourMs, 30 + 60],
      [noon + 3 * hourMs, 60],
    ];
    expect((await store.query(query)).series[0]?.points).toEqual(expected);
    await rollUp(hoursOf(points));
    expect(await store.query(query)).toMatchObject({ resolution: "hourly", series: [{ points: expected }] });
    await put([
      net(d, noon + 26 * hourMs + 1, "eth0", { rx_bytes: 500 }),
      net(d, noon + 50 * hourMs, "eth0", { rx_bytes: 600 }),
    ]);
    const later = { ...query, from: noon + 24 * hourMs, to: noon + 60 * hourMs };
    expect((await store.query(later)).series[0]?.points).toEqual([
      [noon + 26 * hourMs, 350],
      [noon + 50 * hourMs, 100],
    ]);
  });

  it("come out the same in any order, with any repeats, however late, rolled up as often as anybody likes", async () => {
    const sample = fc.record({
      offset: fc.integer({ min: 0, max: 3 * hourMs - 1 }),
      value: fc.integer({ min: 0, max: 1_000 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(sample, { selector: (s) => s.offset, minLength: 1, maxLength: 30 }),
        fc.array(fc.nat({ max: 40 }), { maxLength: 6 }),
        async (samples, cuts) => {
          const [d, once] = [device(), device()];
          const of = (who: string) =>
            samples.map(({ offset, value }) =>
              custom(who, noon + offset, "l", "r", { spread: value, total_bytes: value }),
            );
          let at = 0;
          for (const cut of [...cuts, samples.length]) {
            const some = of(d).slice(Math.max(0, at - 2), at + cut);
            at = Math.min(samples.length, at + cut);
            if (some.length === 0) continue;
            await put(some);
            await rollUp(hoursOf(some));
          }
          await put(of(d).slice(at));
          await rollUp(hoursOf(of(d)));
          await put([...of(once)].sort((a, b) => a.at - b.at));
          await rollUp(hoursOf(of(once)));
          for (const fn of ["sum", "p95", "last", "increase", "rate"] as const) {
            for (const everyMs of [300_000, hourMs]) {
              const field = fn === "increase" || fn === "rate" ? "total_bytes" : "spread";
              const ask = async (who: string) =>
                (await store.query(bench(who, { everyMs, fn, field }))).series[0]?.points;
              const points = await ask(d);
              expect(points).toEqual(await ask(once));
              const raw = (await rawAnswer(bench(d, { everyMs, fn, field }))).series;
              near(points ? [{ tags: {}, points }] : [], raw, fn);
            }
          }
        },
      ),
      { numRuns: kind === "influx" ? 12 : 30 },
    );
  }, 60_000);

  it("leave nothing behind of an hour that has no points any more, and nothing stale of one that has fewer fields", async () => {
    const d = device();
    const points = [0, 1].map((i) => custom(d, noon + i * 60_000, "l", "r", { spread: 1, number: 2 }));
    await put(points);
    await rollUp(hoursOf(points));
    await backend.lose("custom_bench", d);
    await rollUp(hoursOf(points));
    for (const everyMs of [300_000, hourMs])
      for (const fn of ["mean", "count", "max", "last"] as const)
        expect((await store.query(bench(d, { everyMs, fn }))).series).toEqual([]);
    await put([custom(d, noon + 1, "l", "r", { spread: 5 })]);
    await rollUp(hoursOf(points));
    expect((await store.query(bench(d, { everyMs: hourMs, fn: "mean" }))).series[0]?.points).toEqual([[noon, 5]]);
    expect((await store.query(bench(d, { everyMs: hourMs, fn: "mean", field: "number" }))).series).toEqual([]);
  });

  it("answer alone where raw points are gone, as finely as they can", async () => {
    const d = device();
    const old = hourOf(Date.now()) - 40 * dayMs;
    const kept = (at: number, mean: number, total: number) => ({
      device: d,
      m: "custom_bench",
      tags: { left: "l", right: "r" },
      at,
      fields: {
        spread: {
          count: 10,
          sum: 10 * mean,
          min: 0,
          max: 2 * mean,
          last: mean,
          last_at: 1_000,
          p50: mean,
          p95: mean + 1,
        },
        total_bytes: { count: 2, first: total, first_at: 0, last: total + 5, last_at: 9_000, increase: 5 },
      },
    });
    await store.importRollups(
      "5-minute",
      Array.from({ length: 24 }, (_, i) => kept(old + i * 300_000, i, i * 10)),
    );
    const ancient = old - 200 * dayMs;
    await store.importRollups(
      "hourly",
      Array.from({ length: 4 }, (_, i) => kept(ancient + i * hourMs, i, i)),
    );
    const time = { from: old, to: old + 2 * hourMs };
    expect(await store.query(bench(d, { ...time, everyMs: 300_000, fn: "mean" }))).toMatchObject({
      resolution: "5-minute",
      series: [{ points: Array.from({ length: 24 }, (_, i) => [old + i * 300_000, i]) }],
    });
    const minutes = await store.query(bench(d, { ...time, everyMs: 60_000, fn: "p95" }));
    expect(minutes.series).toEqual([]);
    const fine = await store.query(bench(d, { ...time, everyMs: 60_000, fn: "max" }));
    expect(fine).toMatchObject({
      resolution: "5-minute",
      series: [{ points: expect.objectContaining({ length: 24 }) }],
    });
    const rose = await store.query(bench(d, { ...time, everyMs: 900_000, fn: "increase", field: "total_bytes" }));
    expect(rose.series[0]?.points[0]).toEqual([old, 25]);
    expect(rose.series[0]?.points[1]).toEqual([old + 900_000, 30]);
    const months = { from: ancient, to: ancient + 4 * hourMs };
    expect(await store.query(bench(d, { ...months, everyMs: 300_000, fn: "sum" }))).toMatchObject({
      resolution: "hourly",
      series: [{ points: [0, 10, 20, 30].map((sum, i) => [ancient + i * hourMs, sum]) }],
    });
  });

  it("are refused when they are too many, crooked or unknown", async () => {
    const bucket = { device: "d", m: "system", tags: {}, at: noon, fields: {} };
    await expect(store.importRollups("hourly", Array(2_001).fill(bucket))).rejects.toThrow(RangeError);
    const wrong = [
      { ...bucket, at: noon + 1 },
      { ...bucket, m: "nothing" },
      { ...bucket, tags: { left: "x" } },
      { ...bucket, fields: { load1: { count: 1 } } },
      { ...bucket, device: "No" },
    ];
    for (const one of wrong)
      await expect(store.importRollups("hourly", [one])).rejects.toMatchObject({ kind: "invalid" });
  });

  it("say which devices may have points on a day", async () => {
    const d = device();
    await put([custom(d, noon, "l", "r", { number: 1 })]);
    expect(await store.devicesOn(noon)).toContain(d);
  });
});

/** Sums of floats depend on how they are grouped, in the last digit. */
function near(
  found: { points: Series["points"]; tags: object }[],
  raw: { points: Series["points"]; tags: object }[],
  what: string,
): void {
  expect(
    found.map(({ points }) => points.map(([at]) => at)),
    what,
  ).toEqual(raw.map(({ points }) => points.map(([at]) => at)));
  found.forEach(({ points }, i) => {
    points.forEach(([, value], j) => {
      const other = raw[i]?.points[j]?.[1];
      if (typeof value === "number") expect(value, what).toBeCloseTo(other as number, 6);
      else expect(value, what).toBe(other);
    });
  });
}
