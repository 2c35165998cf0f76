import type { StoredPoint } from "../contract.ts";
import type { Db } from "./database.ts";

export interface SeriesEntry {
  id: number;
  device: number;
  tags: Record<string, string>;
  /** The newest day (since 1970) that it has points in. */
  lastDay: number;
}

export type Directory = ReturnType<typeof createDirectory>;

/** Names ↔ numbers of devices and series; all of it in memory, at most `limits.seriesPerDevice` a device come in. */
export function createDirectory(db: Db) {
  const addDevice = db.prepare("INSERT INTO device (name) VALUES (?)");
  const addSeries = db.prepare("INSERT INTO series (device, measurement, tags, last_day) VALUES (?, ?, ?, ?)");
  const setLastDay = db.prepare("UPDATE series SET last_day = ? WHERE id = ?");
  let deviceIds = new Map<string, number>();
  let byMeasurement = new Map<string, Map<string, Map<string, SeriesEntry>>>();

  const shelf = (measurement: string, device: string): Map<string, SeriesEntry> => {
    const devices = byMeasurement.get(measurement) ?? new Map<string, Map<string, SeriesEntry>>();
    byMeasurement.set(measurement, devices);
    const entries = devices.get(device) ?? new Map<string, SeriesEntry>();
    devices.set(device, entries);
    return entries;
  };

  const load = (): void => {
    deviceIds = new Map();
    byMeasurement = new Map();
    for (const row of db.prepare("SELECT id, name FROM device").raw().all() as [number, string][])
      deviceIds.set(row[1], row[0]);
    const rows = db
      .prepare(
        "SELECT s.id, s.device, d.name, s.measurement, s.tags, s.last_day FROM series s JOIN device d ON d.id = s.device",
      )
      .raw()
      .all() as [number, number, string, string, string, number][];
    for (const [id, device, name, measurement, tags, lastDay] of rows)
      shelf(measurement, name).set(tags, { id, device, tags: Object.fromEntries(JSON.parse(tags)), lastDay });
  };
  load();

  return {
    /** Forgets what a rolled-back transaction made. */
    reload: load,

    /** The point's series, made where it is new. Inside a transaction. */
    entryOf(point: StoredPoint, day: number): SeriesEntry {
      const tags = tagsText(point.tags);
      const entries = shelf(point.m, point.device);
      let entry = entries.get(tags);
      if (!entry) {
        const device = deviceIds.get(point.device) ?? Number(addDevice.run([point.device]).lastInsertRowid);
        deviceIds.set(point.device, device);
        const id = Number(addSeries.run([device, point.m, tags, day]).lastInsertRowid);
        entry = { id, device, tags: { ...point.tags }, lastDay: day };
        entries.set(tags, entry);
      }
      if (day > entry.lastDay) {
        setLastDay.run([day, entry.id]);
        entry.lastDay = day;
      }
      return entry;
    },

    seriesOf: (measurement: string, device: string): Iterable<SeriesEntry> =>
      byMeasurement.get(measurement)?.get(device)?.values() ?? [],
    devicesOf: (measurement: string): Iterable<string> => byMeasurement.get(measurement)?.keys() ?? [],
    deviceId: (device: string): number | undefined => deviceIds.get(device),

    /** Series and devices without a point since `day`. Inside a transaction; reload after. */
    forgetBefore(day: number): void {
      db.prepare("DELETE FROM series WHERE last_day < ?").run([day]);
      db.prepare("DELETE FROM device WHERE id NOT IN (SELECT device FROM series)").run([]);
    },
  };
}

function tagsText(tags: Record<string, string>): string {
  const keys = Object.keys(tags);
  return keys.length === 0 ? "[]" : JSON.stringify(keys.sort().map((key) => [key, tags[key]]));
}
