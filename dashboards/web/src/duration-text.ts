/** "90s", "15m", "6h", "2d": as rules are written. Pure. */
const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
export type Unit = keyof typeof units;
export const unitWords: Record<Unit, string> = { s: "seconds", m: "minutes", h: "hours", d: "days" };

/** NaN: it is none. */
export function msOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  return Math.round(Number(count) * (units[unit as Unit] ?? Number.NaN));
}

/** The shortest that says it exactly. */
export function textOf(ms: number): string {
  const unit = (["d", "h", "m"] as const).find((one) => ms > 0 && ms % units[one] === 0) ?? "s";
  return `${ms / units[unit]}${unit}`;
}

/** "15 min", "1 h 30 min", "at once". */
export function lasting(ms: number): string {
  const parts = (["d", "h", "m", "s"] as const).flatMap((unit, i, all) => {
    const above = all[i - 1];
    const many = Math.floor((above ? ms % units[above] : ms) / units[unit]);
    return many === 0 ? [] : [`${many} ${unit === "m" ? "min" : unit === "d" ? (many === 1 ? "day" : "days") : unit}`];
  });
  return parts.slice(0, 2).join(" ");
}
