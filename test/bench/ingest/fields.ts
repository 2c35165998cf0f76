/** `system` with all its fields, as an agent sends it: with three decimals. */
export function fieldsOf(step: number, at: number): Record<string, number> {
  // Numbers that change as real ones do: some every time, some never.
  const wave = Math.sin(step / 10);
  const rounded = (n: number): number => Math.round(n * 1_000) / 1_000;
  return {
    cpu_percent: rounded(40 + 30 * wave),
    cpu_iowait_percent: rounded(2 + wave),
    load1: rounded(0.5 + wave / 3),
    load5: rounded(0.5 + wave / 5),
    load15: rounded(0.5 + wave / 9),
    memory_used_bytes: 90_000_000 + Math.round(5_000_000 * wave),
    memory_total_bytes: 256_000_000,
    uptime_seconds: Math.floor(at / 1_000) % 10_000_000,
    temperature_celsius: 45 + Math.round(100 * wave) / 10,
    disk_used_percent: 31,
    disk_total_bytes: 128_000_000,
  };
}
