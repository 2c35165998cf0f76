import * as z from "zod";

/** "90s", "15m", "6h", "2d". */
export type DurationText = `${number}${"s" | "m" | "h" | "d"}`;

const shape = /^(\d{1,6})(s|m|h|d)$/;
const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @returns milliseconds; NaN where it is none */
export function millisecondsOf(text: string): number {
  const [, count, unit] = shape.exec(text) ?? [];
  return Number(count) * (units[unit ?? ""] ?? Number.NaN);
}

export function duration(bounds: { least: number; most: number }) {
  const allowed = `${wordsOf(bounds.least)} to ${wordsOf(bounds.most)}, as 90s, 15m, 6h or 2d`;
  return z.custom<DurationText>(
    (text) => {
      const ms = typeof text === "string" ? millisecondsOf(text) : Number.NaN;
      return ms >= bounds.least && ms <= bounds.most;
    },
    { error: ({ input }) => `found ${JSON.stringify(input)?.slice(0, 40)}; allowed: ${allowed}` },
  );
}

/** The shortest that says it exactly. */
export function wordsOf(ms: number): DurationText {
  const unit = (["d", "h", "m"] as const).find((one) => ms > 0 && ms % (units[one] ?? 1) === 0) ?? "s";
  return `${ms / (units[unit] ?? 1)}${unit}` as DurationText;
}
