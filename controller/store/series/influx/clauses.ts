import { decodeTag } from "./line.ts";
import { name, type Row, type Values } from "./ql.ts";

/** Devices and [from, to), with every value bound. Times go as text: nanoseconds don't fit a JSON number. */
export function where(devices: readonly string[], from: number, to: number): { text: string; values: Values } {
  const values: Values = { from: instant(from), to: instant(to) };
  const any = devices.map((device, i) => {
    values[`d${i}`] = device;
    return `${name("device")} = $d${i}`;
  });
  return { text: `(${any.join(" OR ")}) AND time >= $from AND time < $to`, values };
}

export const instant = (at: number): string => new Date(at).toISOString();

export function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}

/** Whose series a row of `GROUP BY *` is. */
export function identity(row: Row): { device: string; tags: Record<string, string> } {
  const { device = "", ...tags } = row.tags ?? {};
  return { device, tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, decodeTag(value)])) };
}
