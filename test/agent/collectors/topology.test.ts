import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admit, encode } from "#wire";
import { createTopologyCollector } from "../../../edge-agent/collectors/index.ts";
import { topologyEveryMs } from "../../../edge-agent/collectors/topology/index.ts";
import {
  parseArp,
  parseDefaultRoute,
  parseHardwareAddress,
  parseNeighbours,
  topologyLimits,
} from "../../../edge-agent/collectors/topology/parse.ts";
import { createExit } from "../../../edge-agent/link/exit.ts";
import { newLog } from "../setup.ts";
import { fixture, fixtureHost } from "./hosts.ts";

const lldp = fixture("lldp/neighbours.json");
const route = (name: string, gateway = "0100630A"): string =>
  `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n${name}\t00000000\t${gateway}\t0003\t0\t0\t0\t00000000\t0\t0\t0\n${name}\t0000630A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n`;
const arp = (name: string, flags = "0x2"): string =>
  `IP address       HW type     Flags       HW address            Mask     Device\n10.99.0.1        0x1         ${flags}         02:4C:00:00:00:05     *        ${name}\n`;

/** A router whose way out is a bridge over eth0 and an access point. */
const files: Record<string, string> = {
  "/proc/net/route": route("br-lan"),
  "/proc/net/arp": arp("br-lan"),
  "/sys/class/net/lo/address": "00:00:00:00:00:00\n",
  "/sys/class/net/eth0/address": "02:4c:00:00:00:10\n",
  "/sys/class/net/eth0/device/vendor": "demo",
  "/sys/class/net/br-lan/address": "02:4c:00:00:00:11\n",
  "/sys/class/net/br-lan/bridge/bridge_id": "demo",
  "/sys/class/net/br-lan/lower_eth0/mtu": "1500",
  "/sys/class/net/br-lan/lower_phy0-ap0/mtu": "1500",
  "/sys/class/net/phy0-ap0/address": "02:4c:00:00:00:12\n",
  "/sys/class/net/phy0-ap0/phy80211/index": "0",
  "/sys/class/net/veth9/address": "02:4c:00:00:00:13\n",
};
const missing = Object.assign(new Error("spawn lldpcli ENOENT"), { code: "ENOENT" });

function collector(change: Record<string, string> = {}, answer: () => string = () => lldp) {
  const log = newLog();
  const asked: string[] = [];
  const all = { ...files, ...change };
  const host = fixtureHost("router", {
    programs: {
      async run(program, args) {
        asked.push([program, ...args].join(" "));
        return { stdout: answer(), stderr: "" };
      },
    },
    files: {
      async read(path) {
        const text = all[path];
        if (text === undefined) throw new Error("ENOENT");
        return text;
      },
      async list(path) {
        const inside = Object.keys(all).filter((known) => known.startsWith(`${path}/`));
        if (inside.length === 0) throw new Error("ENOENT");
        return [...new Set(inside.map((known) => known.slice(path.length + 1).split("/")[0] ?? ""))];
      },
    },
  });
  return { ...createTopologyCollector({ host, log }), log, asked, time: host.time };
}

describe("the topology collector", () => {
  it("tells the switch at the cable, the gateway and the device's own ports", async () => {
    const samples = await collector().collect();
    expect(samples).toEqual([
      {
        m: "neighbour",
        t: { interface: "eth0" },
        f: { system_name: "sw-demo-1", chassis: "02:4c:00:00:00:01", port: "gi1/0/7", address: "10.99.0.2", uplink: 1 },
      },
      {
        m: "gateway",
        t: { interface: "br-lan" },
        f: { address: "10.99.0.1", hardware_address: "02:4c:00:00:00:05" },
      },
      { m: "port", t: { interface: "br-lan" }, f: { hardware_address: "02:4c:00:00:00:11" } },
      { m: "port", t: { interface: "eth0" }, f: { hardware_address: "02:4c:00:00:00:10" } },
    ]);
    for (const sample of samples) expect(admit({ ...sample, at: 0 })).toMatchObject({ ok: true, cut: [] });
  });

  it("says nothing of computers, nor of who speaks over the air", async () => {
    expect(JSON.stringify(await collector().collect())).not.toMatch(/laptop|guest|:aa|:bb/);
  });

  it("asks every five minutes, however often it is collected", async () => {
    const made = collector();
    await made.collect();
    await made.time.advance(topologyEveryMs - 1);
    expect(await made.collect()).toEqual([]);
    await made.time.advance(1);
    expect(await made.collect()).toHaveLength(4);
    expect(made.asked).toEqual(Array(2).fill("lldpcli -f json0 show neighbors"));
  });

  it("knows that a cable beside the way out is none, and does not guess between two", async () => {
    const uplinkOf = async (change: Record<string, string>) =>
      (await collector(change).collect()).find(({ m }) => m === "neighbour")?.f["uplink"];
    expect(await uplinkOf({ "/proc/net/route": route("eth7") })).toBe(0);
    expect(await uplinkOf({ "/sys/class/net/br-lan/lower_eth1/mtu": "1500" })).toBeUndefined();
    expect(await uplinkOf({ "/proc/net/route": "" })).toBeUndefined();
    expect(
      await uplinkOf({ "/proc/net/route": route("eth0.10"), "/sys/class/net/eth0.10/lower_eth0/mtu": "1500" }),
    ).toBe(1);
  });

  it("is quiet on a device without lldpcli, and says so once", async () => {
    const made = collector({}, () => {
      throw missing;
    });
    await made.collect();
    await made.time.advance(topologyEveryMs);
    expect((await made.collect()).map(({ m }) => m)).toEqual(["gateway", "port", "port"]);
    expect(made.asked).toHaveLength(1);
    expect(made.log.lines).toEqual(["info topology: there is no lldpcli, neighbours are left out"]);
  });

  it("asks again where lldpd does not run yet", async () => {
    let runs = false;
    const made = collector({}, () => {
      if (!runs) throw new Error("unable to connect to socket");
      return lldp;
    });
    expect((await made.collect()).some(({ m }) => m === "neighbour")).toBe(false);
    runs = true;
    await made.time.advance(topologyEveryMs);
    expect((await made.collect()).some(({ m }) => m === "neighbour")).toBe(true);
    expect(made.log.lines).toEqual(["info topology: lldpcli does not answer, neighbours are left out"]);
  });

  it("leaves what is infrastructure readable at the exit, and nothing else", async () => {
    const exit = createExit(() => "demo-key");
    const [switchAt] = await collector().collect();
    const told = exit.sample({ ...switchAt, m: "neighbour", f: { ...switchAt?.f, address: "02:4c:00:00:00:77" } });
    expect(told.f).toMatchObject({ chassis: "02:4c:00:00:00:01", port: "gi1/0/7" });
    expect(told.f["address"]).toMatch(/^p-/);
    const head = { v: 1, boot: "a".repeat(20), session: 1, seq: 1, at: 1, upMs: 1, clock: "synced", total: 2 } as const;
    const points = [
      { m: "neighbour", at: 1, t: { interface: "02:4c:00:00:00:66" }, f: told.f },
      { m: "radio", at: 1, t: { radio: "phy0" }, f: { chassis: "02:4c:00:00:00:01" } },
    ];
    const text = exit.text("telemetry", { ...head, points });
    expect(text.match(/02:4c:00:00:00:\w\w/g)).toEqual(["02:4c:00:00:00:01"]);
    expect(text).toBe(encode("telemetry", JSON.parse(text)));
  });
});

describe("what it reads", () => {
  it("takes the description of a port that has no name but its hardware address", () => {
    const named = lldp.replace('"type": "local", "value": "gi1/0/7"', '"type": "mac", "value": "02:4c:00:00:00:07"');
    expect(parseNeighbours(named)[0]?.port).toBe("lamp column 7");
  });

  it("bounds neighbours and texts", () => {
    const [all] = (JSON.parse(lldp) as { lldp: [{ interface: object[] }] }).lldp;
    const many = Array.from({ length: topologyLimits.neighbours + 5 }, (_, i) => ({
      ...all.interface[1],
      name: `eth${i}`,
    }));
    expect(parseNeighbours(JSON.stringify({ lldp: [{ interface: many }] }))).toHaveLength(topologyLimits.neighbours);
    const long = lldp.replace("sw-demo-1", "s".repeat(5_000));
    expect(parseNeighbours(long)[0]?.system_name).toHaveLength(topologyLimits.textChars);
  });

  it("knows a gateway that answered, and takes the route with the least metric", () => {
    const both = `${route("wan").replace("0003\t0\t0\t0", "0003\t0\t0\t20")}${route("lte", "0200630A")}`;
    expect(parseDefaultRoute(both)).toEqual({ interface: "lte", address: "10.99.0.2" });
    const gateway = { interface: "br-lan", address: "10.99.0.1" };
    expect(parseArp(arp("br-lan"), gateway)).toBe("02:4c:00:00:00:05");
    expect(parseArp(arp("br-lan", "0x0"), gateway)).toBeUndefined();
    expect(parseArp(arp("eth9"), gateway)).toBeUndefined();
    expect(parseHardwareAddress("00:00:00:00:00:00\n")).toBeUndefined();
  });

  it("is not misled by any text or JSON", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseNeighbours(text)).toEqual([]);
        parseDefaultRoute(text);
        parseArp(text, { interface: "eth0", address: "10.0.0.1" });
      }),
    );
    const within = JSON.parse(lldp) as { lldp: { interface: Record<string, unknown>[] }[] };
    fc.assert(
      fc.property(fc.constantFrom("name", "chassis", "port"), fc.jsonValue(), (key, value) => {
        const spoilt = structuredClone(within);
        for (const one of spoilt.lldp[0]?.interface ?? []) one[key] = value;
        for (const { interface: name, ...f } of parseNeighbours(JSON.stringify(spoilt)))
          expect(admit({ m: "neighbour", at: 0, t: { interface: name }, f })).toMatchObject({ ok: true });
      }),
    );
  });
});
