import { describe, expect, it } from "vitest";
import { type RuleText, rule } from "../../../../controller/alert/rules/schema.ts";
import { createUsual } from "../../../../controller/alert/usual/index.ts";
import { usualLimits } from "../../../../controller/alert/usual/limits.ts";
import { createTable } from "../../../../controller/alert/usual/table.ts";
import { wantedBy } from "../../../../controller/alert/usual/wanted.ts";
import { type SeriesQuery, StoreAway } from "../../../../controller/store/series/index.ts";
import { later } from "../../../undo.ts";
import { handClock } from "../../base/hand-clock.ts";
import { quiet } from "../../records/fresh.ts";

const hourMs = 3_600_000;
const weekMs = 168 * hourMs;
const slow: RuleText = {
  id: "slow",
  title: "Slow",
  value: { field: "probe.latency_ms", fn: "mean", window: "5m" },
  usual: { weeks: 2, factor: true },
  raise: { above: 3 },
  severity: "major",
};

/** A store in which a week's hour has what `value` says; null: nothing. */
function room(value: (query: SeriesQuery, device: string) => number | null, devices = 3) {
  const clock = handClock();
  const asked: SeriesQuery[] = [];
  const self = { away: false };
  const usual = createUsual({
    clock,
    log: quiet,
    devices: () =>
      Array.from({ length: devices }, (_, i) => {
        return { id: `ap-${i}`, site: "s", kind: "access-point", tags: [], profile: null };
      }),
    timeZoneOf: () => "Europe/London",
    series: {
      async query(query) {
        asked.push(query);
        if (self.away) throw new StoreAway("demo");
        const series = query.devices.flatMap((device) => {
          const found = value(query, device);
          const tags = query.measurement === "radio" ? { radio: "phy0" } : { kind: "dns", probe: "name" };
          return found === null ? [] : [{ device, tags, points: [[query.from, found] as [number, number]] }];
        });
        return { resolution: "hourly", series };
      },
    },
  });
  later(() => usual.stop());
  const latency = (at: number, device = "ap-0") =>
    usual.of({ device, m: "probe", series: "kind=dns probe=name", field: "latency_ms", weeks: 2, at });
  return { clock, asked, self, usual, latency };
}

describe("what is usual", () => {
  it("is known for this hour and the next after a start, by whole hours of the weeks before, and later for the one after", async () => {
    const { clock, usual, latency, asked } = room(({ from, measurement }) =>
      measurement === "probe" ? Math.round((handClock().now() - from) / weekMs) : 7,
    );
    usual.rules([rule.parse(slow)]);
    usual.start();
    expect(latency(clock.now())).toBeNull();
    await usual.idle();
    const now = clock.now();
    expect(latency(now)).toBe(1.5);
    expect(latency(now + hourMs)).toBe(1.5);
    expect(latency(now + 2 * hourMs)).toBeNull();
    expect(asked.every(({ from, to, everyMs, fn }) => to - from === everyMs && from < now && fn === "mean")).toBe(true);
    const before = asked.length;
    clock.pass(usualLimits.lookEveryMs);
    await usual.idle();
    expect(asked.length).toBe(before);
    clock.pass(hourMs);
    await usual.idle();
    clock.pass(usualLimits.lookEveryMs);
    await usual.idle();
    expect(latency(now + 2 * hourMs)).not.toBeNull();
    expect(usual.usuallyOn(["ap-0", "ap-1", "none"], now)).toBe(14);
    expect(usual.usuallyOn(["none"], now)).toBeNull();
  });

  it("is not known with fewer weeks than a rule asks for; a week without a value costs none of them", async () => {
    const weekOf = ({ from }: SeriesQuery) => Math.round((handClock().now() - from) / weekMs);
    const { clock, usual, latency } = room((query, device) => {
      if (query.measurement !== "probe") return null;
      return weekOf(query) === 1 || (device === "ap-1" && weekOf(query) > 2) ? null : weekOf(query);
    });
    usual.rules([rule.parse(slow)]);
    usual.start();
    await usual.idle();
    expect(latency(clock.now())).toBe(2.5);
    expect(latency(clock.now(), "ap-1")).toBeNull();
  });

  it("is asked for again when the store was away, a few devices a call, and for whoever a rule takes in", async () => {
    const { clock, usual, latency, self, asked } = room(() => 4, usualLimits.devicesPerCall + 1);
    self.away = true;
    usual.rules([rule.parse(slow)]);
    usual.start();
    await usual.idle();
    expect(latency(clock.now())).toBeNull();
    self.away = false;
    clock.pass(usualLimits.lookEveryMs);
    await usual.idle();
    expect(latency(clock.now())).toBe(4);
    expect(Math.max(...asked.map(({ devices }) => devices.length))).toBe(usualLimits.devicesPerCall);
    usual.rules([rule.parse({ ...slow, scope: { devices: ["ap-2"] } })]);
    await usual.idle();
    expect([latency(clock.now()), latency(clock.now(), "ap-2")]).toEqual([null, 4]);
  });
});

describe("what is kept of it", () => {
  it("is bounded: fields that are compared, and series of each", () => {
    const many = Array.from({ length: 12 }, (_, i) =>
      rule.parse({ ...slow, id: `slow${i}`, usual: { weeks: 2 + (i % 11) } }),
    );
    expect(wantedBy(many, new Map()).size).toBe(usualLimits.fields);
    const table = createTable();
    table.begin(0);
    for (let i = 0; i <= usualLimits.seriesOfField; i++) table.put("gw", `n=${i}`, 0, i);
    expect(table.series()).toBe(usualLimits.seriesOfField);
    expect(table.of("gw", `n=${usualLimits.seriesOfField - 1}`, 1)).toBe(usualLimits.seriesOfField - 1);
    expect(table.of("gw", `n=${usualLimits.seriesOfField}`, 1)).toBeNull();
    table.keepOnly(new Set());
    table.put("ap", "", 0, 3);
    expect([table.series(), table.of("ap", "", 0), table.of("ap", "", hourMs)]).toEqual([1, 3, null]);
  });

  it("of what is not stored, or is no plain value, there is none", () => {
    const own = { ...slow, id: "own", value: { field: "controller.loop_lag_ms" } };
    expect([...wantedBy([rule.parse(own)], new Map()).keys()]).toEqual(["radio.clients 4"]);
    expect(rule.safeParse({ ...slow, value: { field: "probe.latency_ms", fn: "count", window: "5m" } }).success).toBe(
      false,
    );
  });
});
