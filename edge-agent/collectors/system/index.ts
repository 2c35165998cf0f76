import type { Host } from "../../host/index.ts";
import { type Collector, rounded, type Sample } from "../collector.ts";
import { type CpuTicks, cpuPercent, parseCpu } from "./cpu.ts";
import { parseMemory } from "./memory.ts";
import { readTemperatures } from "./temperature.ts";
import { parseLoad, parseUptime } from "./uptime.ts";

/** What is kept until it is delivered, and what it costs the flash in this run. */
export interface SpoolFacts {
  bytes(): number;
  batches(): number;
  points(): number;
  writtenBytes(): number;
  unreadable(): number;
}

export interface SystemNeeds {
  host: Pick<Host, "files" | "time">;
  /** Its file system is the one that is measured. */
  dataDir: string;
  /** The agent's own: resident bytes, and processor time in ms since some start. */
  footprint: () => { residentBytes: number; cpuMs: number };
  spool: SpoolFacts;
}

/** Power supplies that are read; more is something else. */
const mostSupplies = 8;

/** The device as a computer, its temperatures, and what the agent itself costs it. */
export function createSystemCollector({ host, dataDir, footprint, spool }: SystemNeeds): Collector {
  const { files, time } = host;
  let ticks: CpuTicks | undefined;
  let own: { at: number; cpuMs: number } | undefined;
  const read = (path: string): Promise<string> => files.read(path).catch(() => "");

  async function disk(): Promise<Record<string, number>> {
    const space = await files.space(dataDir).catch(() => undefined);
    if (!space || space.totalBytes <= 0) return {};
    const used = (100 * (space.totalBytes - space.freeBytes)) / space.totalBytes;
    return { disk_total_bytes: space.totalBytes, disk_used_percent: rounded(used) };
  }

  async function battery(): Promise<Record<string, number>> {
    const supplies = await files.list("/sys/class/power_supply").catch(() => []);
    const charges: number[] = [];
    for (const name of supplies.slice(0, mostSupplies)) {
      const at = `/sys/class/power_supply/${name}`;
      const text = (await read(`${at}/capacity`)).trim();
      const isBattery = (await read(`${at}/type`)).trim() === "Battery";
      if (isBattery && /^\d{1,3}$/.test(text) && Number(text) <= 100) charges.push(Number(text));
    }
    return charges.length > 0 ? { battery_percent: Math.min(...charges) } : {};
  }

  function agent(): Sample {
    const { residentBytes, cpuMs } = footprint();
    const at = time.monotonic();
    const busy =
      own && at > own.at ? { cpu_percent: rounded(Math.max(0, (100 * (cpuMs - own.cpuMs)) / (at - own.at))) } : {};
    own = { at, cpuMs };
    const kept = {
      spool_bytes: spool.bytes(),
      spool_batches: spool.batches(),
      spool_points: spool.points(),
      spool_written_bytes: spool.writtenBytes(),
      spool_unreadable: spool.unreadable(),
    };
    return { m: "agent", f: { memory_used_bytes: residentBytes, ...busy, ...kept } };
  }

  return {
    name: "system",
    async collect() {
      const [stat, meminfo, loadavg, uptime] = await Promise.all(
        ["stat", "meminfo", "loadavg", "uptime"].map((name) => read(`/proc/${name}`)),
      );
      const now = parseCpu(stat ?? "");
      const cpu = cpuPercent(ticks, now);
      ticks = now;
      const temperatures = await readTemperatures(files);
      const hottest = temperatures.size > 0 ? { temperature_celsius: Math.max(...temperatures.values()) } : {};
      const rest = { ...parseMemory(meminfo ?? ""), ...parseLoad(loadavg ?? ""), ...parseUptime(uptime ?? "") };
      const f = { ...cpu, ...rest, ...hottest, ...(await disk()), ...(await battery()) };
      const sensors = [...temperatures].map(([sensor, celsius]) => ({
        m: "temperature",
        t: { sensor },
        f: { temperature_celsius: celsius },
      }));
      return [...(Object.keys(f).length > 0 ? [{ m: "system", f }] : []), agent(), ...sensors];
    },
  };
}
