import { hourMs, hourOf } from "../../store/series/index.ts";
import { usualLimits } from "./limits.ts";

/** What is usual of one field, by series, in the hours around now. */
export function createTable() {
  const { hours, seriesOfField } = usualLimits;
  /** device → series → its row. */
  const rows = new Map<string, Map<string, number>>();
  const free: number[] = [];
  /** The hour that each column is of. */
  const held: (number | null)[] = Array.from({ length: hours }, () => null);
  let values = new Float64Array(0);
  let used = 0;

  const columnOf = (hourAt: number): number => (hourAt / hourMs) % hours;
  const read = (row: number, hourAt: number): number => values[row * hours + columnOf(hourAt)] ?? Number.NaN;

  function rowOf(device: string, series: string): number | null {
    const own = rows.get(device) ?? new Map<string, number>();
    const known = own.get(series);
    if (known !== undefined) return known;
    const row = free.pop() ?? used;
    if (row >= seriesOfField) return null;
    if (row === used) used++;
    if (row * hours >= values.length) {
      const wider = new Float64Array(Math.max(64, 2 * values.length)).fill(Number.NaN);
      wider.set(values);
      values = wider;
    }
    values.fill(Number.NaN, row * hours, (row + 1) * hours);
    rows.set(device, own.set(series, row));
    return row;
  }

  return {
    has: (hourAt: number): boolean => held[columnOf(hourAt)] === hourAt,
    /** From now on this hour is kept, in the place of an old one; nothing of it is known yet. */
    begin(hourAt: number): void {
      const column = columnOf(hourAt);
      held[column] = hourAt;
      for (let row = 0; row < used; row++) values[row * hours + column] = Number.NaN;
    },
    /** It could not be found out: another time. */
    drop(hourAt: number): void {
      if (held[columnOf(hourAt)] === hourAt) held[columnOf(hourAt)] = null;
    },
    put(device: string, series: string, hourAt: number, value: number): void {
      const row = rowOf(device, series);
      if (row !== null) values[row * hours + columnOf(hourAt)] = value;
    },
    of(device: string, series: string, at: number): number | null {
      const row = rows.get(device)?.get(series);
      const hourAt = hourOf(at);
      if (row === undefined || held[columnOf(hourAt)] !== hourAt) return null;
      const value = read(row, hourAt);
      return Number.isNaN(value) ? null : value;
    },
    /** Over all series of the device. */
    sumOf(device: string, at: number): number | null {
      const hourAt = hourOf(at);
      if (held[columnOf(hourAt)] !== hourAt) return null;
      const known = [...(rows.get(device)?.values() ?? [])]
        .map((row) => read(row, hourAt))
        .filter((value) => !Number.isNaN(value));
      return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
    },
    /** Devices that are no more give their rows back. */
    keepOnly(devices: ReadonlySet<string>): void {
      for (const [device, own] of rows) {
        if (devices.has(device)) continue;
        free.push(...own.values());
        rows.delete(device);
      }
    },
    series: (): number => used - free.length,
  };
}
export type Table = ReturnType<typeof createTable>;
