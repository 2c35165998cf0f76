import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admit } from "#wire";
import { createInterfaceCollector } from "../../../edge-agent/collectors/index.ts";
import { type Counter, counted, nextCounter } from "../../../edge-agent/collectors/interface/counters.ts";
import { isIgnored, parseNetDev, parseOperstate, parseSpeed } from "../../../edge-agent/collectors/interface/parse.ts";
import { fixture, fixtureHost } from "./hosts.ts";

const collect = (name: string, ignore: string[] = []) =>
  createInterfaceCollector({ host: fixtureHost(name), settings: { ignore } }).collect();

describe("the interface collector", () => {
  it("measures every interface but the loopback and those to ignore", async () => {
    const names = (samples: { t?: Record<string, string> }[]) => samples.map((s) => s.t?.["interface"]);
    expect(names(await collect("router"))).toEqual(["eth0", "br-lan", "wlan0", "eth0:1"]);
    expect(names(await collect("router", ["br-*", "wlan?"]))).toEqual(["eth0", "eth0:1"]);
    expect(names(await collect("pc"))).toEqual(["ifb0", "ifb1", "eth0"]);
  });

  it("says what the link is, as far as the kernel knows", async () => {
    const [eth0, bridge, wlan0] = await collect("router");
    expect(eth0?.f).toMatchObject({ up: 1, speed_mbps: 1000, rx_bytes: 4_294_967_000, tx_drops: 2 });
    expect([bridge?.f["up"], bridge?.f["speed_mbps"]]).toEqual([1, undefined]);
    expect([wlan0?.f["up"], wlan0?.f["rx_drops"], wlan0?.f["tx_drops"]]).toEqual([0, 17, 240]);
    for (const sample of await collect("pc")) expect(admit({ ...sample, at: 0 })).toMatchObject({ ok: true, cut: [] });
  });

  it("goes on counting when a 32-bit kernel starts from 0 again", async () => {
    const host = fixtureHost("router");
    const collector = createInterfaceCollector({ host, settings: { ignore: [] } });
    await collector.collect();
    host.change({ "/proc/net/dev": fixture("router/proc/net/dev.later") });
    await host.time.advance(10_000);
    expect((await collector.collect())[0]?.f).toMatchObject({ rx_bytes: 2 ** 32 + 704, rx_packets: 8_812_360 });
  });

  it("passes over lines that are none", async () => {
    expect((await collect("odd")).map((s) => s.t?.["interface"])).toEqual(["eth1"]);
  });

  it("reads 64 interfaces at most", () => {
    const line = (i: number): string => `  veth${i}: ${Array(16).fill(i).join(" ")}`;
    expect(parseNetDev(Array.from({ length: 65 }, (_, i) => line(i)).join("\n")).size).toBe(64);
  });
});

describe("a counter", () => {
  const wrap = 2 ** 32;

  it("of 32 bits shows what was really counted, if it was read often enough", () => {
    const increments = fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: wrap - 1 }), increments, (start, steps) => {
        let real = start;
        let counter: Counter = nextCounter(undefined, start, 0);
        for (const step of steps) {
          real += step;
          counter = nextCounter(counter, real % wrap, 1_000_000_000);
          expect(counted(counter)).toBe(real);
        }
      }),
    );
  });

  it("never jumps by more than the link can have carried: any other fall is a restart", () => {
    const readings = fc.array(fc.tuple(fc.nat(2 ** 33), fc.nat(2 ** 31)), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(readings, (all) => {
        let counter: Counter | undefined;
        for (const [raw, mostSince] of all) {
          const before = counter;
          counter = nextCounter(before, raw, mostSince);
          if (!before) continue;
          const rose = counted(counter) - counted(before);
          if (raw < before.raw) expect(rose < 0 ? counted(counter) === raw : rose <= mostSince).toBe(true);
          else expect(rose).toBe(raw - before.raw);
        }
      }),
    );
  });

  it("of a device that started again starts again", () => {
    const before = { raw: 4_000_000_000, added: wrap };
    expect(nextCounter(before, 1_000, 12_500_000)).toEqual({ raw: 1_000, added: 0 });
    expect(nextCounter({ raw: 2 ** 40, added: 0 }, 5, Number.MAX_SAFE_INTEGER)).toEqual({ raw: 5, added: 0 });
  });
});

describe("names and words", () => {
  it("match globs as a shell does", () => {
    const cases: [string, string, boolean][] = [
      ["veth12ab", "veth*", true],
      ["eth0", "eth?", true],
      ["eth10", "eth?", false],
      ["br-lan", "*lan", true],
      ["br-lan0", "*lan", false],
      ["a.b", "a.b", true],
      ["axb", "a.b", false],
      ["", "*", true],
    ];
    for (const [name, glob, matches] of cases)
      expect([name, glob, isIgnored(name, [glob])]).toEqual([name, glob, matches]);
    // A pattern that would be slow as a regular expression.
    expect(isIgnored("a".repeat(5_000), [`${"*a".repeat(30)}b`])).toBe(false);
  });

  it("are read as the kernel means them", () => {
    expect(["up\n", "down", "lowerlayerdown", "unknown", ""].map(parseOperstate)).toEqual([
      1,
      0,
      0,
      undefined,
      undefined,
    ]);
    expect(["1000\n", "-1", "", "4294967295", "2500"].map(parseSpeed)).toEqual([
      ...[1000, undefined, undefined, undefined],
      2500,
    ]);
  });
});
