import { limits } from "#wire";
import type { StoredPoint } from "../store/series/index.ts";

/** Device + measurement + sorted tags, as one text. */
export function seriesKey(point: Pick<StoredPoint, "m" | "tags">): string {
  const keys = Object.keys(point.tags);
  let key = point.m;
  if (keys.length > 1) keys.sort();
  for (const tag of keys) key += `\u0000${tag}\u0000${point.tags[tag]}`;
  return key;
}

/** The newest value of every series, in memory, which also bounds how many a device may make. */
export function createLatest() {
  const devices = new Map<string, Map<string, StoredPoint>>();
  const of = (device: string): Map<string, StoredPoint> => {
    const known = devices.get(device);
    if (known) return known;
    const made = new Map<string, StoredPoint>();
    devices.set(device, made);
    return made;
  };

  return {
    /** Takes its place at once, before the point is stored: two new series in one batch can't both be the 200th. */
    hasRoom(point: StoredPoint): boolean {
      const series = of(point.device);
      const key = seriesKey(point);
      if (series.has(key)) return true;
      if (series.size >= limits.seriesPerDevice) return false;
      series.set(key, { ...point, at: 0, fields: {} });
      return true;
    },
    /** A stored point; older ones than what is known change nothing. */
    note(point: StoredPoint): boolean {
      const series = of(point.device);
      const key = seriesKey(point);
      const known = series.get(key);
      if (known && known.at >= point.at) return false;
      series.set(key, point);
      return true;
    },
    of: (device: string): StoredPoint[] => [...(devices.get(device)?.values() ?? [])].filter((point) => point.at > 0),
    forget: (device: string): void => void devices.delete(device),
  };
}

export type Latest = ReturnType<typeof createLatest>;
