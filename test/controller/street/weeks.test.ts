import { describe, expect, it } from "vitest";
import {
  hourMs,
  hourOf,
  type ImportedBucket,
  type Level,
  StoreAway,
  seriesLimits,
} from "../../../controller/store/series/index.ts";
import { createKernel } from "../../../controller/street/host/state.ts";
import { sampleWeeks } from "../../../controller/street/host/weeks.ts";
import { radios } from "../../../controller/street/rhythm/air.ts";
import { isLineUp, isPowered } from "../../../controller/street/rhythm/power.ts";
import { devices } from "../../../controller/street/town/devices.ts";
import { bucketsOf } from "../../../controller/street/weeks/buckets.ts";
import { createWeeks, type Stretch, weeksLimits, wholeStretch } from "../../../controller/street/weeks/index.ts";
import { newLog } from "../../agent/setup.ts";
import { handClock } from "../base/hand-clock.ts";

const seed = 5;
const dayMs = 24 * hourMs;
const from = Date.UTC(2026, 5, 3);
const intervalMs = 10_000;
const deviceOf = (key: string) => {
  const device = devices.find((one) => one.key === key);
  if (!device) throw new Error(key);
  return { ...device, seed };
};
const bucketsOn = (key: string, start = from, of = deviceOf(key)) =>
  bucketsOf("d1", sampleWeeks(of, start, start + dayMs), intervalMs);
const statsOf = (buckets: readonly ImportedBucket[], m: string, field: string) =>
  buckets.filter((one) => one.m === m).flatMap(({ at, tags, fields }) => ({ at, tags, ...fields[field] }));

describe("weeks of the street", () => {
  it("are the same for the same seed, and others for another", () => {
    expect(bucketsOn("ap-02")).toEqual(bucketsOn("ap-02"));
    expect(bucketsOn("ap-02")).not.toEqual(bucketsOn("ap-02", from, { ...deviceOf("ap-02"), seed: 6 }));
  });

  it("have of an access point its radios and its line, of a sensor the street", () => {
    const names = (key: string) => [
      ...new Set(bucketsOn(key).hourly.map(({ m, tags }) => [m, ...Object.values(tags)].join(" "))),
    ];
    expect(names("ap-02")).toEqual(["radio phy0", "radio phy1", "probe controller-http http"]);
    expect(names("sensor-01")).toEqual(["environment bme280", "environment sps30", "probe controller-http http"]);
    expect(names("sensor-03")).toContain("environment tsl2591");
  });

  it("say of an hour what its twelve buckets say, weighed as the live interval would", () => {
    const { "5-minute": fine, hourly } = bucketsOn("ap-07");
    for (const [m, field] of [
      ["radio", "clients"],
      ["probe", "latency_ms"],
    ] as const) {
      const parts = statsOf(fine, m, field).filter(({ tags }) => tags["radio"] !== "phy1");
      const wholes = statsOf(hourly, m, field).filter(({ tags }) => tags["radio"] !== "phy1");
      expect(wholes).toHaveLength(24);
      for (const whole of wholes) {
        const of = parts.filter(({ at }) => hourOf(at) === whole.at);
        const sum = (stat: "count" | "sum") => of.reduce((total, one) => total + Number(one[stat]), 0);
        expect(whole.count).toBe(sum("count"));
        expect(whole.sum).toBeCloseTo(sum("sum"), 6);
        expect(whole.max).toBe(Math.max(...of.map(({ max }) => Number(max))));
        expect(whole.min).toBe(Math.min(...of.map(({ min }) => Number(min))));
        expect(whole.last).toBe(of.at(-1)?.last);
      }
    }
    // Its daily restart takes a sample at the most.
    const counts = statsOf(fine, "radio", "clients").map(({ count }) => count);
    expect(new Set(counts).has(300_000 / intervalMs)).toBe(true);
    expect(Math.min(...counts.map(Number))).toBeGreaterThanOrEqual(24);
  });

  it("have nothing of a column by day, and of a lost line that the controller did not answer", () => {
    const column = bucketsOn("ap-20")["5-minute"];
    const { site } = deviceOf("ap-20");
    expect(column.length).toBeGreaterThan(400);
    expect(column.filter(({ at }) => !isPowered(site, at))).toEqual([]);
    const cellular = deviceOf("ap-10");
    expect(cellular.site.uplink).toBe("cellular");
    const probes = sampleWeeks(cellular, from, from + 3 * dayMs).find(({ m }) => m === "probe");
    const rows = Array.from({ length: (probes?.rows.length ?? 0) / 3 }, (_, i) => probes?.rows.slice(3 * i, 3 * i + 3));
    const failed = rows.filter((row) => row?.[1] === 0);
    expect(failed.some((row) => !isLineUp(seed, cellular.site, row?.[0] ?? 0))).toBe(true);
    for (const row of failed) expect(row?.[2]).toBeNaN();
    expect(failed.length).toBeLessThan(0.05 * rows.length);
  });

  it("are what the host's own counters and programs would have said", () => {
    const device = deviceOf("ap-05");
    const start = from + 13 * hourMs;
    const sampled = sampleWeeks(device, start, start + hourMs);
    for (const [i, radio] of radios.entries()) {
      const kernel = createKernel(device, { lineUp: () => true, jammed: () => false });
      const { rows } = sampled[i] ?? { rows: new Float64Array() };
      expect(rows).toHaveLength(60 * 4);
      for (let row = 0; row < rows.length; row += 4) {
        const [at = 0, clients, utilisation = 0, noise] = rows.subarray(row, row + 4);
        const [before, now] = [kernel.radio(radio, at - 10_000), kernel.radio(radio, at)];
        const busy = (100 * (now.busyMs - before.busyMs)) / (now.activeMs - before.activeMs);
        expect(Math.abs(busy - utilisation)).toBeLessThan(0.2);
        expect([clients, noise]).toEqual([kernel.clientsOn(radio, at), now.noise_dbm]);
      }
    }
  });
});

describe("writing weeks", () => {
  const now = Date.UTC(2026, 5, 10, 9, 20);

  /** Runs until `enough`, with time passing as it is asked for. */
  async function write(stretch: Stretch, options: { away?: number; enough?: (days: Stretch[]) => boolean } = {}) {
    const clock = handClock(now);
    const calls: { level: Level; at: number[] }[] = [];
    const days: Stretch[] = [];
    let { away = 0 } = options;
    const weeks = createWeeks({
      clock,
      log: newLog() as never,
      stretch,
      intervalMs,
      devices: [{ key: "sensor-01", id: "d1" }],
      store: {
        async importRollups(level, buckets) {
          if (away-- > 0) throw new StoreAway("not now");
          expect(buckets.length).toBeLessThanOrEqual(seriesLimits.bucketsPerImport);
          calls.push({ level, at: buckets.map(({ at }) => at) });
        },
      },
      sample: async (_key, start, to) => {
        const rows = Float64Array.of(start + 30_000, 3, to - 30_000, 4);
        return [{ m: "radio", tags: { radio: "phy0" }, columns: ["clients"], rows }];
      },
      ready: () => true,
      written: (left) => void days.push(left),
    });
    weeks.start();
    const enough = options.enough ?? (() => weeks.share() === 1);
    for (let turns = 0; !enough(days); turns++) {
      expect(turns).toBeLessThan(10_000);
      clock.pass(weeksLimits.retryMs);
      await new Promise(setImmediate);
    }
    await weeks.stop();
    return { calls, days, share: weeks.share() };
  }

  it("begins with the newest day and ends 35 days back, at both levels", async () => {
    const rawFrom = hourOf(now - 6 * hourMs);
    const { calls, days } = await write(wholeStretch(rawFrom));
    expect(days).toHaveLength(weeksLimits.days);
    const fine = calls.filter(({ level }) => level === "5-minute").map(({ at }) => Math.max(...at));
    expect(fine).toEqual([...fine].sort((a, b) => b - a));
    expect(fine[0]).toBe(rawFrom - 300_000);
    expect(Math.min(...calls.flatMap(({ at }) => at))).toBe(rawFrom - 35 * dayMs);
  });

  it("goes on where it was stopped, and a second time does nothing", async () => {
    const stretch = { from: from, until: from + 4 * dayMs };
    const first = await write(stretch, { enough: (days) => days.length === 1 });
    expect(first.share).toBeLessThan(1);
    const left = first.days.at(-1) ?? stretch;
    expect(left.until).toBeGreaterThan(from);
    expect(left.until % dayMs).toBe(0);
    const second = await write(left);
    expect(second.days.at(-1)).toEqual({ from, until: from });
    expect(Math.max(...second.calls.flatMap(({ at }) => at))).toBeLessThan(left.until);
    expect((await write({ from, until: from })).calls).toEqual([]);
  });

  it("waits for a store that is away, and leaves nothing out", async () => {
    const stretch = { from, until: from + dayMs };
    expect((await write(stretch, { away: 3 })).calls).toEqual((await write(stretch)).calls);
  });
});
