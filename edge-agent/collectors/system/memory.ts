/** Of /proc/meminfo; empty where it says nothing. */
export function parseMemory(meminfo: string): Record<string, number> {
  const bytes = new Map<string, number>();
  for (const line of meminfo.split("\n")) {
    const match = /^(\w+):\s+(\d+)(?: kB)?\s*$/.exec(line);
    if (match?.[1] && match[2]) bytes.set(match[1], Number(match[2]) * 1024);
  }
  const total = bytes.get("MemTotal");
  if (total === undefined) return {};
  // Kernels before 3.14 have no MemAvailable; what can be had at once is near enough.
  const easy = ["MemFree", "Buffers", "Cached"].map((name) => bytes.get(name));
  const available =
    bytes.get("MemAvailable") ??
    (easy[0] === undefined ? undefined : easy.reduce<number>((sum, b) => sum + (b ?? 0), 0));
  if (available === undefined) return { memory_total_bytes: total };
  return { memory_total_bytes: total, memory_used_bytes: Math.max(0, total - available) };
}
