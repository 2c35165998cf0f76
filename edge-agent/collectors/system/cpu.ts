import { rounded } from "../collector.ts";

/** Ticks of all cores since the device started. */
export interface CpuTicks {
  busy: number;
  iowait: number;
  total: number;
}

/** The first line of /proc/stat, or undefined where it is not one. */
export function parseCpu(stat: string): CpuTicks | undefined {
  const line = stat.split("\n").find((l) => /^cpu\s/.test(l));
  const numbers = (line?.trim().split(/\s+/).slice(1) ?? []).map(Number);
  if (numbers.length < 4 || numbers.some((n) => !Number.isFinite(n) || n < 0)) return undefined;
  // user nice system idle iowait irq softirq steal; what follows (guest) is in user already.
  const counted = numbers.slice(0, 8);
  const total = counted.reduce((sum, n) => sum + n, 0);
  const iowait = counted[4] ?? 0;
  return { busy: total - (counted[3] ?? 0) - iowait, iowait, total };
}

/** Shares between two readings; empty where none can be told (the first reading, a counter that fell). */
export function cpuPercent(before: CpuTicks | undefined, now: CpuTicks | undefined): Record<string, number> {
  if (!before || !now) return {};
  const total = now.total - before.total;
  const busy = now.busy - before.busy;
  // Kernels let iowait fall now and then.
  const iowait = Math.max(0, now.iowait - before.iowait);
  if (total <= 0 || busy < 0) return {};
  const share = (ticks: number): number => rounded(Math.min(100, (100 * ticks) / total));
  return { cpu_percent: share(busy), cpu_iowait_percent: share(iowait) };
}
