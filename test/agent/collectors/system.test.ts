import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admit } from "#wire";
import { createSystemCollector } from "../../../edge-agent/collectors/index.ts";
import { cpuPercent, parseCpu } from "../../../edge-agent/collectors/system/cpu.ts";
import { parseMemory } from "../../../edge-agent/collectors/system/memory.ts";
import { parseTemperature } from "../../../edge-agent/collectors/system/temperature.ts";
import { parseLoad, parseUptime } from "../../../edge-agent/collectors/system/uptime.ts";
import { fixture, fixtureHost } from "./hosts.ts";

const newCollector = (host: ReturnType<typeof fixtureHost>) => {
  let cpuMs = 0;
  return createSystemCollector({
    host,
    dataDir: "/data",
    footprint: () => {
      cpuMs += 100;
      return { residentBytes: 50_000_000, cpuMs };
    },
    spool: { bytes: () => 1_234, batches: () => 12, points: () => 120, writtenBytes: () => 5_678, unreadable: () => 1 },
  });
};

describe("the system collector", () => {
  it("measures a router with an old kernel and three cores", async () => {
    const host = fixtureHost("router");
    const collector = newCollector(host);
    const first = await collector.collect();
    expect(Object.keys(first[0]?.f ?? {})).not.toContain("cpu_percent");
    host.change({ "/proc/stat": fixture("router/proc/stat.later") });
    await host.time.advance(10_000);
    const [system, agent, ...temperatures] = await collector.collect();
    // 950 ticks passed: 500 idle, 20 waiting for storage.
    expect(system).toEqual({
      m: "system",
      f: {
        cpu_percent: expect.closeTo((100 * 430) / 950),
        cpu_iowait_percent: expect.closeTo((100 * 20) / 950),
        memory_total_bytes: 124_572 * 1024,
        memory_used_bytes: (124_572 - 42_112 - 4_180 - 18_804) * 1024,
        ...{ load1: 0.52, load5: 0.61, load15: 0.4, uptime_seconds: 48_211.07 },
        ...{ temperature_celsius: 61.25, disk_total_bytes: 1_000, disk_used_percent: 75 },
      },
    });
    expect(agent?.f).toEqual({
      ...{ memory_used_bytes: 50_000_000, cpu_percent: expect.closeTo(1) },
      ...{ spool_bytes: 1_234, spool_batches: 12, spool_points: 120, spool_written_bytes: 5_678, spool_unreadable: 1 },
    });
    expect(temperatures.map(({ t, f }) => [t?.["sensor"], f["temperature_celsius"]])).toEqual([
      ["cpu-thermal", 61.25],
      ["ath10k_hwmon", 54],
      ["ath10k_hwmon radio", 49.5],
    ]);
  });

  it("measures a PC without sensors, and only what the catalogue has", async () => {
    const host = fixtureHost("pc");
    const collector = newCollector(host);
    await collector.collect();
    host.change({ "/proc/stat": fixture("pc/proc/stat.later") });
    await host.time.advance(1_000);
    const samples = await collector.collect();
    expect(samples.map((s) => s.m)).toEqual(["system", "agent"]);
    expect(samples[0]?.f).not.toHaveProperty("temperature_celsius");
    for (const sample of samples) expect(admit({ ...sample, at: 0 })).toMatchObject({ ok: true, cut: [] });
  });

  it("tells the charge of the emptiest battery, and of no other supply", async () => {
    const supplies: Record<string, string> = {
      "AC0/type": "Mains\n",
      "AC0/capacity": "3\n",
      "BAT0/type": "Battery\n",
      "BAT0/capacity": "87\n",
      "BAT1/type": "Battery\n",
      "BAT1/capacity": "14\n",
      "BAT2/type": "Battery\n",
      "BAT2/capacity": "931\n",
    };
    const folder = "/sys/class/power_supply";
    const host = fixtureHost("pc", {
      files: { list: async (path) => (path === folder ? ["AC0", "BAT0", "BAT1", "BAT2"] : []) },
    });
    host.change(Object.fromEntries(Object.entries(supplies).map(([name, text]) => [`${folder}/${name}`, text])));
    const [system] = await newCollector(host).collect();
    expect(system?.f["battery_percent"]).toBe(14);
  });

  it("leaves out what a device doesn't say, and is never hurt by it", async () => {
    const collector = newCollector(fixtureHost("odd", { files: { space: () => Promise.reject(new Error("no")) } }));
    await collector.collect();
    expect((await collector.collect()).map((s) => s.m)).toEqual(["agent"]);
  });
});

describe("the parsers", () => {
  it("take any text", () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom("cpu", " ", "0", "9", "-", "\n", "kB", ":") }),
    );
    fc.assert(
      fc.property(text, text, (a, b) => {
        const numbers = [parseMemory(a), parseLoad(a), parseUptime(a), cpuPercent(parseCpu(a), parseCpu(b))];
        for (const value of numbers.flatMap((f) => Object.values(f))) expect(Number.isFinite(value)).toBe(true);
        const celsius = parseTemperature(a);
        if (celsius !== undefined) expect(Math.abs(celsius)).toBeLessThan(150);
      }),
    );
  });

  it("give shares between 0 and 100, whatever the ticks do", () => {
    const ticks = fc.array(fc.nat(100_000), { minLength: 4, maxLength: 10 }).map((n) => `cpu  ${n.join(" ")}\n`);
    fc.assert(
      fc.property(ticks, ticks, (before, now) => {
        for (const share of Object.values(cpuPercent(parseCpu(before), parseCpu(now)))) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(100);
        }
      }),
    );
  });

  it("know a temperature from a missing sensor", () => {
    expect(["45000\n", "-12500", "-273150", "65535000", "", "warm", "4.5"].map(parseTemperature)).toEqual([
      ...[45, -12.5],
      ...[undefined, undefined, undefined, undefined, undefined],
    ]);
  });
});
