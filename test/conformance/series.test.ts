import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type SeriesQuery,
  type SeriesStore,
  StoreAway,
  type StoredPoint,
  seriesLimits,
} from "../../controller/store/series/index.ts";
import { type Backend, backends, dayMs, retentionMs, until } from "./backends.ts";
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

  it("says what it is and that it is ready", () => {
    expect(store.kind).toBe(kind);
    expect(store.state()).toEqual({ ready: true });
  });

  describe("what is written", () => {
    it("comes back in order of time, whatever order it came in", async () => {
      const d = device();
      const points = [5, 1, 4, 2, 3].map((n) => system(d, noon + n * 1_000, { load1: n }));
      expect(await store.write(points)).toEqual(oks(5));
      expect(await pointsOf(store, load1(d))).toEqual([1, 2, 3, 4, 5].map((n) => [noon + n * 1_000, n]));
    });

    it("is there once, however often it is written", async () => {
      const d = device();
      const points = [1, 2].map((n) => system(d, noon + n, { load1: n }));
      await store.write(points);
      await store.write([...points].reverse());
      expect(await store.write(points)).toEqual(oks(2));
      expect(await store.count(d, 0, noon + dayMs)).toBe(2);
      expect(await pointsOf(store, load1(d))).toEqual([
        [noon + 1, 1],
        [noon + 2, 2],
      ]);
    });

    it("keeps fields that a later write of the point leaves out", async () => {
      const d = device();
      await store.write([system(d, noon, { load1: 1, load5: 5 })]);
      await store.write([system(d, noon, { load1: 2, load15: 15 })]);
      const [point] = (await store.latest(Date.now(), retentionMs)).filter((p) => p.device === d);
      expect(point).toEqual(system(d, noon, { load1: 2, load5: 5, load15: 15 }));
    });

    it("may be nothing", async () => {
      expect(await store.write([])).toEqual([]);
    });

    it("is exact for any number", async () => {
      const d = device();
      const numbers = [
        0,
        1,
        -1,
        0.1 + 0.2,
        5e-324,
        Number.MAX_VALUE,
        -Number.MAX_VALUE,
        2 ** 53,
        -1e-7,
        1e21,
        1e15 / 3,
      ];
      await store.write(numbers.map((load1, i) => system(d, noon + i, { load1 })));
      expect((await pointsOf(store, load1(d))).map(([, value]) => value)).toEqual(numbers);
      await store.write([system(d, noon, { load1: -0 })]);
      expect((await pointsOf(store, load1(d, { to: noon + 1 })))[0]?.[1] === 0).toBe(true);
    });

    it.each([
      ["quotes", `it's "so"`],
      ["commas, equals and spaces", " a,b=c d= ,"],
      ["backslashes", "\\a\\\\b\\,c\\ d\\=e"],
      ["a backslash at its end", "Caf\\"],
      ["several at its end", "a\\\\\\"],
      ["a backslash and a word joiner at its end", "a\\\u2060"],
      ["other scripts", "Straßenlaterne 街灯 ضوء"],
      ["emoji", "💡👩‍👩‍👧🇬🇧"],
      ["a tab, a carriage return and a hash", "#\ta\rb#"],
      ["InfluxQL", `'; DROP DATABASE lamplighter; --`],
    ])("keeps text with %s, in tags and in fields", async (_, text) => {
      const d = device();
      expect(await store.write([custom(d, noon, text, "r", { words: text, number: 1 })])).toEqual(oks(1));
      const { series } = await store.query({ ...load1(d), measurement: "custom_bench", field: "words" });
      expect(series).toEqual([{ device: d, tags: { left: text, right: "r" }, points: [[noon, text]] }]);
      const [newest] = (await store.latest(Date.now(), retentionMs)).filter((p) => p.device === d);
      expect(newest).toEqual(custom(d, noon, text, "r", { words: text, number: 1 }));
    });

    it("keeps text of several lines and no text at all in fields", async () => {
      const d = device();
      await store.write([
        custom(d, noon, "l", "r", { words: 'a\nb\r\n"c' }),
        custom(d, noon + 1, "l", "r", { words: "" }),
      ]);
      const words = { ...load1(d), measurement: "custom_bench", field: "words" };
      expect(await pointsOf(store, words)).toEqual([
        [noon, 'a\nb\r\n"c'],
        [noon + 1, ""],
      ]);
    });

    it("comes back the same, whatever it is", async () => {
      const awkward = fc.constantFrom(..."\\,= \"'\t\r#é😀\u2060\u200b/{}$a0".split(""), "💡");
      const text = fc.oneof(
        fc.string({ unit: awkward, minLength: 1, maxLength: 12 }),
        fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
        fc.string({ unit: "binary", minLength: 1, maxLength: 12 }),
      );
      const usable = text.filter((t) => !/[\n\0]|\p{Surrogate}/u.test(t));
      const point = fc.record({
        left: usable,
        right: usable,
        words: fc.oneof(usable, fc.constant("")),
        number: fc.double({ noNaN: true, noDefaultInfinity: true }),
        offset: fc.integer({ min: 0, max: dayMs - 1 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(point, { minLength: 1, maxLength: 30 }), async (drafts) => {
          const d = device();
          const unique = new Map(drafts.map((p) => [JSON.stringify([p.left, p.right, p.offset]), p]));
          const points = [...unique.values()].map((p) =>
            custom(d, noon + p.offset, p.left, p.right, { words: p.words, number: p.number === 0 ? 0 : p.number }),
          );
          expect(await store.write(points)).toEqual(oks(points.length));
          const asked = { ...load1(d, { to: noon + 2 * dayMs }), measurement: "custom_bench" };
          for (const field of ["words", "number"]) {
            const { series } = await store.query({ ...asked, field });
            const flat = series.flatMap((s) => s.points.map(([at, value]) => [s.tags, at, value] as const));
            const expected = points.map((p) => [p.tags, p.at, p.fields[field]] as const);
            const sorted = (rows: (readonly [object, number, unknown])[]) =>
              rows.map(([tags, at, value]) => JSON.stringify([Object.entries(tags).sort(), at, value])).sort();
            expect(sorted(flat)).toEqual(sorted(expected as typeof flat));
          }
          expect(await store.count(d, 0, noon + 2 * dayMs)).toBe(points.length);
        }),
        { numRuns: 25 },
      );
    });
  });

  describe("what is refused", () => {
    it("does not take its neighbours with it", async () => {
      const d = device();
      const bad: [StoredPoint, RegExp][] = [
        [{ ...system(d, noon, { load1: 1 }), m: "nothing" }, /nothing is not in the catalogue/],
        [{ ...system(d, noon, { load1: 1 }), device: "Not A Device" }, /device/],
        [system(d, noon, { load1: "1" }), /load1: a number/],
        [system(d, noon, { load1: Number.NaN }), /load1: a number/],
        [system(d, noon, { load1: Number.POSITIVE_INFINITY }), /load1: a number/],
        [system(d, noon, { unheard_of: 1 }), /unheard_of/],
        [system(d, noon, {}), /no field/],
        [{ ...system(d, noon, { load1: 1 }), tags: { place: "x" } }, /tag place/],
        [system(d, noon + 0.5, { load1: 1 }), /at:/],
        [system(d, -1, { load1: 1 }), /at:/],
        [system(d, Number.MAX_SAFE_INTEGER, { load1: 1 }), /at:/],
        [system(d, Date.now() - retentionMs - 60_000, { load1: 1 }), /retention/],
        [{ ...net(d, noon, "eth0", { rx_bytes: 1 }), tags: {} }, /tag interface is missing/],
        [net(d, noon, "", { rx_bytes: 1 }), /tag interface/],
        [net(d, noon, "a\nb", { rx_bytes: 1 }), /line break/],
        [net(d, noon, "a\0b", { rx_bytes: 1 }), /NUL/],
        [net(d, noon, "a\ud800b", { rx_bytes: 1 }), /Unicode/],
        [net(d, noon, "x".repeat(1_025), { rx_bytes: 1 }), /tag interface/],
        [custom(d, noon, "l", "r", { words: 1 }), /words: text/],
        [custom(d, noon, "l", "r", { words: "a\0b" }), /NUL/],
        [custom(d, noon, "l", "r", { words: "x".repeat(1_025) }), /1024 bytes/],
      ];
      const good = bad.map((_, i) => system(d, noon + 100 + i, { load1: i }));
      const outcomes = await store.write(bad.flatMap(([point], i) => [point, good[i] as StoredPoint]));
      expect(outcomes.filter((_, i) => i % 2 === 1)).toEqual(oks(good.length));
      bad.forEach(([, why], i) => {
        expect(outcomes[2 * i]).toEqual({ ok: false, why: expect.stringMatching(why) });
      });
      expect(await store.count(d, 0, noon + dayMs)).toBe(good.length);
    });

    it("is more points than a write may have", async () => {
      const d = device();
      const points = Array.from({ length: seriesLimits.pointsPerWrite + 1 }, (_, i) =>
        system(d, noon + i, { load1: i }),
      );
      await expect(store.write(points)).rejects.toThrow(RangeError);
      expect(await store.write(points.slice(1))).toEqual(oks(seriesLimits.pointsPerWrite));
      expect(await store.count(d, 0, noon + dayMs)).toBe(seriesLimits.pointsPerWrite);
    });
  });

  it("knows the newest point of every series, within a time", async () => {
    const d = device();
    const now = noon + dayMs;
    await store.write([
      system(d, noon, { load1: 1 }),
      system(d, noon + 5_000, { load1: 2, load5: 3 }),
      net(d, noon - dayMs, "eth0", { rx_bytes: 1 }),
      net(d, noon - 2 * dayMs, "eth1", { rx_bytes: 2 }),
      net(d, noon, "wlan0", { rx_bytes: 3 }),
    ]);
    const mine = async (withinMs: number) => {
      const points = (await store.latest(now, withinMs)).filter((point) => point.device === d);
      return points.sort((a, b) => JSON.stringify([a.m, a.tags]).localeCompare(JSON.stringify([b.m, b.tags])));
    };
    expect(await mine(2 * dayMs)).toEqual([
      net(d, noon - dayMs, "eth0", { rx_bytes: 1 }),
      net(d, noon, "wlan0", { rx_bytes: 3 }),
      system(d, noon + 5_000, { load1: 2, load5: 3 }),
    ]);
    expect(await mine(dayMs - 5_000)).toEqual([system(d, noon + 5_000, { load1: 2, load5: 3 })]);
  });

  it("counts points, not values", async () => {
    const d = device();
    await store.write([
      system(d, noon, { load1: 1, load5: 1, load15: 1 }),
      system(d, noon + 1, { load5: 1 }),
      system(d, noon + 2, { load1: 1 }),
      net(d, noon, "eth0", { rx_bytes: 1 }),
      net(d, noon, "eth1", { rx_bytes: 1 }),
      net(d, noon + dayMs, "eth1", { rx_bytes: 1 }),
    ]);
    expect(await store.count(d, 0, Number.MAX_SAFE_INTEGER)).toBe(6);
    expect(await store.count(d, noon, noon + 2)).toBe(4);
    expect(await store.count(d, noon, noon + 2, "system")).toBe(2);
    expect(await store.count(d, noon, noon, "system")).toBe(0);
    expect(await store.count("stranger", 0, noon + dayMs)).toBe(0);
    expect(await store.count(d, 0, noon + dayMs, "nothing")).toBe(0);
  });

  it("has everything after the controller was restarted", async () => {
    const d = device();
    await store.write([net(d, noon, "eth0", { rx_bytes: 1 })]);
    await backend.reopen();
    store = backend.store;
    await store.write([net(d, noon + 1_000, "eth0", { rx_bytes: 2 })]);
    expect(await pointsOf(store, rx(d))).toEqual([
      [noon, 1],
      [noon + 1_000, 2],
    ]);
  });

  it("takes the same write again after it was away, and has it once", async () => {
    const d = device();
    const point = (i: number) => system(d, noon + i, { load1: i });
    await store.write([point(0)]);
    backend.said.lines.length = 0;
    await backend.breakIt();
    let lost = 0;
    await until(async () => {
      const refused = await store.write([point(1)]).then(
        () => false,
        (error: unknown) => {
          expect(error).toBeInstanceOf(StoreAway);
          lost += 1;
          return true;
        },
      );
      return refused || backend.said.lines.some((line) => line.includes("is away"));
    }, "away");
    expect(backend.said.lines.join()).toMatch(/series store is away \{"why":".+"\}/);
    await backend.mend();
    await until(() => store.state().ready, "ready again");
    expect(await store.write([point(1), point(2)])).toEqual(oks(2));
    // Who answers questions may come back a moment later than who stores.
    const answers = (): Promise<boolean> => pointsOf(store, load1(d)).then(Boolean, () => false);
    await until(answers, "answering again");
    expect((await pointsOf(store, load1(d))).map(([, value]) => value)).toEqual([0, 1, 2]);
    expect(lost).toBeLessThanOrEqual(1);
  });

  it("is away before its start and after its end", async () => {
    await store.stop();
    expect(store.state()).toEqual({ ready: false, why: "stopped" });
    await expect(store.write([system("d", noon, { load1: 1 })])).rejects.toThrow(StoreAway);
    await expect(store.query(load1("d"))).rejects.toThrow(StoreAway);
  });
});
