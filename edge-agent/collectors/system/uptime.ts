/** Of /proc/loadavg; empty where it is not one. */
export function parseLoad(loadavg: string): Record<string, number> {
  const [load1, load5, load15] = loadavg
    .trim()
    .split(/\s+/)
    .map((word) => Number(word || Number.NaN));
  const loads = { load1, load5, load15 };
  return Object.fromEntries(
    Object.entries(loads).filter((l): l is [string, number] => Number.isFinite(l[1]) && (l[1] ?? -1) >= 0),
  );
}

/** Of /proc/uptime; empty where it is not one. */
export function parseUptime(uptime: string): Record<string, number> {
  const seconds = Number(uptime.trim().split(/\s+/)[0] || Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { uptime_seconds: seconds } : {};
}
