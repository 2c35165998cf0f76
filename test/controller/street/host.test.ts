import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admit } from "#wire";
import { createStreetHost } from "../../../controller/street/host/index.ts";
import { createKernel } from "../../../controller/street/host/state.ts";
import { devices } from "../../../controller/street/town/devices.ts";
import {
  createEnvironmentCollector,
  createInterfaceCollector,
  createProbeCollector,
  createRadioCollector,
  createSystemCollector,
  createTopologyCollector,
  type Sample,
} from "../../../edge-agent/collectors/index.ts";
import { newLog } from "../../agent/setup.ts";
import { fakeTime } from "../../agent/time.ts";

const noon = Date.UTC(2026, 10, 25, 12);
const quiet = { lineUp: () => true, jammed: () => false };

function newHost(key: string, around = quiet, at = noon) {
  const device = devices.find((one) => one.key === key);
  if (!device) throw new Error(key);
  const time = fakeTime(at);
  // As it comes to a thread.
  const own = structuredClone({ ...device, seed: 4 });
  return { ...createStreetHost({ device: own, around, time, beyond: null }), time };
}

/** Two rounds of the agent's own collectors, a minute apart; what the second gave. */
async function measured(key: string, around = quiet): Promise<Sample[]> {
  const host = newHost(key, around);
  const log = newLog();
  const none = () => 0;
  const spool = { bytes: none, batches: none, points: none, writtenBytes: none, unreadable: none };
  const probes = [
    { name: "ping", kind: "icmp" as const, host: "192.0.2.1", count: 3 },
    { name: "web", kind: "http" as const, url: "http://portal.example", expectStatus: 200 },
  ];
  const collectors = [
    createSystemCollector({ host, dataDir: "/data", footprint: () => ({ residentBytes: 1, cpuMs: 0 }), spool }),
    createInterfaceCollector({ host, settings: { ignore: [] } }),
    createRadioCollector({ host, log }),
    createEnvironmentCollector({ host }),
    createProbeCollector({ host, log, settings: { intervalMs: 30_000, probes } }),
  ];
  for (const collector of collectors) await collector.collect();
  await host.time.advance(60_000);
  return (await Promise.all(collectors.map((collector) => collector.collect()))).flat();
}

const only = (samples: Sample[], m: string, tag?: string) =>
  samples.find((sample) => sample.m === m && (tag === undefined || Object.values(sample.t ?? {}).includes(tag)))?.f ??
  {};

describe("where a simulated device hangs", () => {
  const of = async (key: string) => {
    const samples = await createTopologyCollector({ host: newHost(key), log: newLog() }).collect();
    for (const sample of samples) expect(admit({ ...sample, at: 0 })).toMatchObject({ ok: true, cut: [] });
    return samples;
  };

  it("is its port of the site's switch, the same at every start", async () => {
    const neighbour = only(await of("ap-01"), "neighbour", "eth0");
    expect(neighbour).toMatchObject({ system_name: "sw-grays-1", port: "1", address: "10.64.0.2", uplink: 1 });
    expect(only(await of("sensor-01"), "neighbour")).toMatchObject({ system_name: "sw-grays-1", port: "7" });
    expect(await of("ap-01")).toEqual(await of("ap-01"));
    expect(only(await of("sensor-16"), "gateway")).toMatchObject({ address: "10.71.0.1" });
    expect(only(await of("ap-02"), "gateway")).toEqual(only(await of("ap-01"), "gateway"));
  });

  it("is an access point where both are on one roof, by the address that this one tells of itself", async () => {
    const own = only(await of("ap-24"), "port", "eth0")["hardware_address"];
    expect(own).toMatch(/^06(:[0-9a-f]{2}){5}$/);
    expect(only(await of("sensor-16"), "neighbour")).toMatchObject({ chassis: own, port: "lan2" });
  });

  it("is no switch on a column with a mesh radio", async () => {
    expect((await of("ap-21")).map(({ m }) => m)).toEqual(["gateway", "port"]);
  });
});

describe("a simulated access point", () => {
  it("is read by the agent's own collectors, and the catalogue takes everything", async () => {
    const samples = await measured("ap-01");
    expect(samples.map(({ m }) => m).sort()).toEqual(
      [..."system agent temperature interface interface interface probe probe radio radio".split(" ")].sort(),
    );
    for (const sample of samples) expect(admit({ ...sample, at: 0 })).toMatchObject({ ok: true, cut: [] });
    const system = only(samples, "system");
    expect(system["cpu_percent"]).toBeGreaterThan(1);
    expect(Number(system["memory_used_bytes"])).toBeLessThan(Number(system["memory_total_bytes"]));
    expect(only(samples, "interface", "eth0")).toMatchObject({ up: 1, speed_mbps: 1000 });
    expect(only(samples, "probe", "ping")).toMatchObject({ success: 1, loss_percent: 0 });
    const radio = only(samples, "radio", "phy1");
    expect(radio["channel"]).toBeGreaterThan(30);
    expect(radio["utilisation_percent"]).toBeGreaterThan(1);
    expect(radio["noise_dbm"]).toBeLessThan(-90);
  });

  it("has noise on both bands when somebody jams it", async () => {
    const samples = await measured("ap-01", { ...quiet, jammed: () => true });
    for (const phy of ["phy0", "phy1"]) {
      expect(only(samples, "radio", phy)["noise_dbm"]).toBeGreaterThan(-72);
      expect(only(samples, "radio", phy)["utilisation_percent"]).toBeGreaterThan(50);
    }
  });

  it("carries next to nothing while its line is cut, and never counts back", async () => {
    let up = true;
    const host = newHost("ap-01", { ...quiet, lineUp: () => up });
    const carried = async (): Promise<number> => {
      const text = await host.files.read("/proc/net/dev");
      return Number(/eth0: (\d+)/.exec(text)?.[1]);
    };
    const minutes = async (): Promise<number> => {
      const before = await carried();
      await host.time.advance(10 * 60_000);
      return (await carried()) - before;
    };
    const usual = await minutes();
    up = false;
    const cut = await minutes();
    expect(cut).toBeGreaterThan(0);
    expect(cut).toBeLessThan(usual / 20);
    up = true;
    expect(await minutes()).toBeGreaterThan(usual / 4);
  });

  it("gets no answer over a line that is cut", async () => {
    const samples = await measured("ap-01", { ...quiet, lineUp: () => false });
    for (const probe of ["ping", "web"]) expect(only(samples, "probe", probe)).toMatchObject({ success: 0 });
  });

  it("says what it is", async () => {
    const { files } = newHost("ap-01");
    expect(await files.read("/tmp/sysinfo/model")).toBe("Demo AP 2x2\n");
    expect(await files.read("/proc/device-tree/serial-number")).toBe("DEMO-AP-01\0");
    await expect(files.read("/etc/passwd")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(files.list("/sys/class/hwmon")).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("a simulated sensor", () => {
  it("feels the weather, with dust at some places and light at others", async () => {
    const [air, weather] = [await measured("sensor-01"), await measured("sensor-03")];
    expect(only(air, "environment", "bme280")).toMatchObject({ temperature_celsius: expect.any(Number) });
    expect(Object.keys(only(air, "environment", "sps30"))).toEqual(["pm25_ug_per_m3"]);
    expect(Object.keys(only(weather, "environment", "tsl2591"))).toEqual(["illuminance_lux"]);
    expect(air.some(({ m }) => m === "radio")).toBe(false);
  });
});

describe("counters of a simulated device", () => {
  it("never go back while it runs, and fall when it starts again", () => {
    const device = devices.find(({ key }) => key === "ap-03");
    if (!device) throw new Error("ap-03");
    const steps = fc.array(fc.integer({ min: 0, max: 1_800_000 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 86_400_000 }), steps, (offset, wait) => {
        const kernel = createKernel({ ...device, seed: 6 }, quiet);
        let at = noon + offset;
        let last = { up: 0, bytes: 0, busy: 0, total: 0, active: 0 };
        for (const step of wait) {
          at += step;
          const { busy, total } = kernel.cpu(at);
          const radio = kernel.radio(
            { radio: "phy0", interface: "phy0-ap0", band: 2.4, share: 0.3, channels: [1, 6, 11] },
            at,
          );
          const now = { up: kernel.uptimeSeconds(at), bytes: kernel.bytes(at), busy, total, active: radio.activeMs };
          expect(busy).toBeLessThanOrEqual(total);
          expect(radio.busyMs).toBeLessThanOrEqual(radio.activeMs);
          if (now.up >= last.up)
            for (const of of ["bytes", "busy", "total", "active"] as const)
              expect(now[of]).toBeGreaterThanOrEqual(last[of]);
          else expect(now.bytes).toBeLessThan(last.bytes);
          last = now;
        }
      }),
      { numRuns: 40 },
    );
  });
});
