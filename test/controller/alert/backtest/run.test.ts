import { describe, expect, it } from "vitest";
import { backtestLimits } from "../../../../controller/alert/backtest/limits.ts";
import { planOf, samplesAs, whyNot } from "../../../../controller/alert/backtest/plan.ts";
import type { Firing } from "../../../../controller/alert/backtest/replay.ts";
import { type RunNeeds, runBacktest } from "../../../../controller/alert/backtest/run.ts";
import { createTally, isNight } from "../../../../controller/alert/backtest/tally.ts";
import { variantsOf } from "../../../../controller/alert/backtest/variants.ts";
import { type RuleText, rule } from "../../../../controller/alert/rules/schema.ts";
import { zoneOf } from "../../../../controller/base/zone.ts";
import { type SeriesQuery, TooManyPoints } from "../../../../controller/store/series/index.ts";
import { each, estate, from, type History, minute } from "./estate.ts";

const busy: RuleText = {
  id: "busy",
  title: "Busy",
  value: { field: "system.cpu_percent" },
  raise: { above: 90 },
  clear: { below: 80 },
  for: "10m",
  clearFor: "5m",
  samples: 3,
  severity: "warning",
};
const days = 1;
const dayMinutes = 1_440;

/** 50 % but for these stretches: [from minute, minutes, value]. */
function cpu(device: string, site: string, ...stretches: [number, number, number][]): History {
  const values = Array.from({ length: days * dayMinutes }, () => 50);
  for (const [at, many, value] of stretches) values.fill(value, at, at + many);
  return { device, site, m: "system", tags: {}, fields: { cpu_percent: each(values) } };
}
const run = (needs: RunNeeds, text: RuleText = busy) =>
  runBacktest(
    needs,
    { rule: rule.parse(text), from, to: from + days * dayMinutes * minute },
    () => {},
    () => false,
  );

describe("what a rule would have done", () => {
  it("is how often, when, where, how long, and what other settings would have given", async () => {
    const noon = 11 * 60;
    const { needs } = estate([
      cpu("ap-1", "a", [noon, 40, 95], [2 * 60, 8, 99], [22 * 60, 12, 97]),
      cpu("ap-2", "a", [noon + 5, 40, 95]),
      cpu("ap-3", "b", [noon + 20, 60, 88]),
      { device: "ap-4", site: "", m: "system", tags: {}, fields: {} },
    ]);
    const { counts, list, sites, others, sentence, basis, resolution } = await run(needs);
    expect(counts).toMatchObject({
      looked: 4,
      withData: 3,
      fired: 3,
      incidents: 2,
      devices: 2,
      night: 1,
      under10min: 0,
    });
    expect(list.map(({ device, from: at, night }) => [device, (at - from) / minute, night])).toEqual([
      ["ap-1", 22 * 60, true],
      ["ap-2", noon + 5, false],
      ["ap-1", noon, false],
    ]);
    const [long] = list.slice(-1);
    expect(long).toMatchObject({ said: "95 % (limit 90 %)", site: "a" });
    expect(((long?.to ?? 0) - (long?.from ?? 0)) / minute).toBe(40);
    expect(sites).toEqual([{ site: "a", fired: 3, incidents: 2, devices: 2 }]);
    const given = others.map(({ for: time, raise, fired }) => `${time} ${raise.above}: ${fired}`);
    expect(given).toEqual(["0s 90: 4", "20m 90: 2", "30m 90: 2", "10m 80: 4", "10m 85: 4", "10m 95: 1", "10m 100: 0"]);
    expect(sentence).toBe(
      "Would have fired 3 times in 1 day (2 incidents), 1 at night; with above 95 % it would have been 1.",
    );
    expect([resolution, basis]).toEqual(["5-minute", expect.stringContaining("nothing in between was good")]);
  });

  it("asks only for what it looks at, and of a device that was never bad only once", async () => {
    const { needs, asked } = estate([cpu("ap-1", "a", [60, 60, 99]), cpu("ap-2", "a")]);
    await run(needs);
    expect(asked.map(({ devices, fn, everyMs }) => `${devices[0]} ${fn} ${(everyMs ?? 0) / minute}`).sort()).toEqual([
      "ap-1 max 5",
      "ap-1 max 60",
      "ap-1 min 5",
      "ap-2 max 60",
    ]);
  });

  it("reads a few devices ahead, counts them in their order, and reads no further than one that fails", async () => {
    const names = Array.from({ length: 8 }, (_, n) => `ap-${n}`);
    const { needs } = estate(names.map((name) => cpu(name, "a", [60, 60, 99])));
    const open = new Map<string, number>();
    const seen = new Set<string>();
    let most = 0;
    const watched = (broken: string | null): RunNeeds => ({
      ...needs,
      series: {
        async query(query) {
          const [device = ""] = query.devices;
          seen.add(device);
          open.set(device, (open.get(device) ?? 0) + 1);
          most = Math.max(most, [...open.values()].filter((n) => n > 0).length);
          await new Promise(setImmediate);
          open.set(device, (open.get(device) ?? 0) - 1);
          if (device === broken) throw new Error("cannot be read");
          return needs.series.query(query);
        },
      },
    });
    expect((await run(watched(null))).list.map(({ device }) => device)).toEqual(names);
    expect(most).toBe(backtestLimits.devicesAtOnce);
    seen.clear();
    await expect(run(watched("ap-2"))).rejects.toThrow("cannot be read");
    expect(seen.has("ap-5")).toBe(false);
  });

  it("a short spike between samples that are good never lasts, and counts where nothing has to last", async () => {
    const { needs } = estate([cpu("ap-1", "a", [61, 1, 99], [121, 1, 99])]);
    expect((await run(needs)).counts.fired).toBe(0);
    const { sentence, counts } = await run(needs, { ...busy, for: "0s", clearFor: "0s", samples: 1 });
    expect(counts).toMatchObject({ fired: 2, under10min: 2 });
    expect(sentence).toBe("Would have fired twice in 1 day, 2 at night, all for less than 10 min.");
    expect((await run(needs, { ...busy, for: "0s", clearFor: "0s" })).counts.fired).toBe(0);
  });

  it("knows what was usual then, of the weeks before", async () => {
    const weeks = Array.from({ length: 5 * 7 * 24 }, (_, hour): [number, number] => [(hour - 4 * 7 * 24) * 60, 8]);
    const now = Array.from({ length: 7 * 24 * 12 }, (_, i): [number, number] => [i * 5, i >= 150 && i < 162 ? 0 : 8]);
    const past = [...new Map([...weeks, ...now].map((one) => [one[0], one])).values()].sort((a, b) => a[0] - b[0]);
    const history = { device: "ap-1", site: "a", m: "radio", tags: { radio: "phy0" }, fields: { clients: past } };
    const empty: RuleText = {
      id: "empty",
      title: "Empty",
      value: { field: "radio.clients" },
      raise: { below: 1 },
      for: "30m",
      severity: "warning",
    };
    const { needs } = estate([history]);
    const usual = async (of: number, atLeast: number) =>
      (await run(needs, { ...empty, usual: { weeks: of, atLeast } })).counts.fired;
    expect([await usual(4, 5), await usual(4, 9), await usual(6, 5)]).toEqual([1, 0, 0]);
  });

  it("asks in parts where one answer is not enough, and for nothing more when it is cancelled", async () => {
    const { needs } = estate([cpu("ap-1", "a", [600, 60, 99])]);
    const parts: SeriesQuery[] = [];
    const query = async (asked: SeriesQuery) => {
      parts.push(asked);
      if (asked.to - asked.from > 8 * 3_600_000) throw new TooManyPoints("demo");
      return await needs.series.query(asked);
    };
    const whole = await run({ ...needs, series: { query } });
    expect(parts.length).toBeGreaterThan(8);
    expect(whole.list).toEqual((await run(needs)).list);
    const cancelled = runBacktest(
      needs,
      { rule: rule.parse(busy), from, to: from + dayMinutes * minute },
      () => {},
      () => true,
    );
    await expect(cancelled).rejects.toThrow();
  });
});

describe("how a rule is asked", () => {
  const plan = (value: RuleText["value"], more: Partial<RuleText> = {}) =>
    planOf(rule.parse({ ...busy, value, ...more })).reads.map(({ field, fn }) => `${fn} ${field}`);

  it("follows its function; what counts samples, or is not stored, cannot be asked", () => {
    expect(plan({ field: "system.cpu_percent" })).toEqual(["min cpu_percent", "max cpu_percent"]);
    expect(plan({ field: "system.cpu_percent", fn: "mean", window: "5m" })).toEqual(["mean cpu_percent"]);
    expect(plan({ field: "system.cpu_percent", fn: "max", window: "1h" })).toEqual(["max cpu_percent"]);
    expect(plan({ field: "system.uptime_seconds", fn: "falls", window: "1h" })).toEqual(["last uptime_seconds"]);
    const rate = { fn: "rate", window: "10m" } as const;
    expect(
      plan({ field: "interface.rx_errors", ...rate }, { divideBy: { field: "interface.rx_packets", ...rate } }),
    ).toEqual(["last rx_errors", "last rx_packets"]);
    const why = (value: RuleText["value"]) => whyNot(rule.parse({ ...busy, value }));
    expect(why({ field: "system.cpu_percent" })).toBeNull();
    expect(why({ field: "system.cpu_percent", fn: "count", window: "1h" })).toMatch(/allowed: every other function/);
    expect(why({ field: "controller.loop_lag_ms" })).toMatch(/not stored; allowed: system/);
  });

  it("a few samples in a row are one bucket, bad from end to end", () => {
    expect([samplesAs(1, 10_000, true), samplesAs(3, 10_000, true), samplesAs(3, 10_000, false)]).toEqual([1, 2, 1]);
    expect([samplesAs(10, 60_000, true), samplesAs(10, 60_000, false)]).toEqual([4, 2]);
  });

  it("other settings are near its own and possible", () => {
    const given = (more: Partial<RuleText>) =>
      variantsOf(rule.parse({ ...busy, ...more }))
        .slice(1)
        .map((one) => `${one.for} ${one.raise.above ?? one.raise.below}`);
    expect(given({ clear: undefined, for: "0s" })).toEqual(["5m 90", "15m 90", "30m 90", "0s 72", "0s 81", "0s 99"]);
    expect(given({ value: { field: "probe.success" }, raise: { below: 1 }, clear: undefined, for: "2m" })).toEqual([
      "0s 1",
      "4m 1",
      "6m 1",
    ]);
    expect(given({ value: { field: "radio.clients" }, raise: { below: 5 }, clear: undefined, for: "3d" })).toEqual([
      "0s 5",
      "6d 5",
      "3d 3",
      "3d 4",
      "3d 6",
      "3d 7",
    ]);
  });
});

describe("the count", () => {
  const one = rule.parse(busy);
  const firing = (at: number, minutes: number | null): Firing => {
    const to = minutes === null ? null : at + minutes * minute;
    return { from: at, firedAt: at, to, overAt: to, said: "" };
  };
  const utc = () => 0;

  it("of a site is one incident while its devices overlap; without a site each is its own", () => {
    const tally = createTally([one]);
    const place = (id: string, site: string | null) => ({ id, name: id, site });
    tally.device(place("x", null), [[firing(0, 5)]], utc);
    tally.device(place("y", null), [[firing(0, 5)]], utc);
    tally.device(place("a", "s"), [[firing(0, 5), firing(60 * minute, null)]], utc);
    tally.device(place("b", "s"), [[firing(4 * minute, 5), firing(30 * minute, 1)]], utc);
    const { incidents, fired, under2min, under10min, sites } = tally.result();
    expect({ incidents, fired, under2min, under10min }).toEqual({
      incidents: 5,
      fired: 6,
      under2min: 1,
      under10min: 5,
    });
    expect(sites).toEqual([
      { site: "s", fired: 4, incidents: 3, devices: 2 },
      { site: null, fired: 2, incidents: 2, devices: 2 },
    ]);
  });

  it("is exact although the lists are bounded, with the newest in them", () => {
    const tally = createTally([one]);
    for (let d = 0; d < 300; d++)
      tally.device(
        { id: `ap-${d}`, name: "", site: `s-${d}` },
        [Array.from({ length: 7 }, (_, i) => firing((d + i * 1_000) * minute, 1))],
        utc,
      );
    const { fired, incidents, list, sites } = tally.result();
    expect([fired, incidents, list.length, sites.length]).toEqual([
      2_100,
      2_100,
      backtestLimits.listed,
      backtestLimits.sitesListed,
    ]);
    expect([list[0]?.firedAt, list.at(-1)?.firedAt]).toEqual([6_299 * minute, 5_100 * minute]);
  });

  it("night is from 22 to 7 by the site's clocks", () => {
    const london = zoneOf("Europe/London");
    const hours = [20, 21, 5, 6].map((hour) => isNight(Date.UTC(2026, 6, 1, hour), london));
    expect(hours).toEqual([false, true, true, false]);
  });
});
