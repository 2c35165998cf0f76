import type { StoredPoint } from "../contract.ts";
import type { Db } from "./database.ts";
import type { Undo } from "./undo.ts";

export interface SeriesEntry {
  id: number;
  device: number;
  tags: Record<string, string>;
  /** The newest day (since 1970) that it has points in. */
  lastDay: number;
}

export type Directory = ReturnType<typeof createDirectory>;

/** Names ↔ numbers of devices and series; all of it in memory, at most `limits.seriesPerDevice` a device come in.
 *  @param undo is told how to take back what a transaction changed here */
export function createDirectory(db: Db, undo: Pick<Undo, "note">) {
  const addDevice = db.prepare("INSERT INTO device (name) VALUES (?)");
  const addSeries = db.prepare("INSERT INTO series (device, measurement, tags, last_day) VALUES (?, ?, ?, ?)");
  const removeSeries = db.prepare("DELETE FROM series WHERE id = ?");
  const removeDevice = db.prepare("DELETE FROM device WHERE id = ?");
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
    for (const [id, name] of db.prepare("SELECT id, name FROM device").raw().all() as [number, string][])
      deviceIds.set(name, id);
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
    /** Reads everything again: seconds, where there is much. */
    reload: load,

    /** The point's series, made where it is new. Inside a transaction. */
    entryOf(point: Pick<StoredPoint, "device" | "m" | "tags">, day: number): SeriesEntry {
      const tags = tagsText(point.tags);
      const entries = shelf(point.m, point.device);
      let entry = entries.get(tags);
      if (!entry) {
        let device = deviceIds.get(point.device);
        if (device === undefined) {
          device = Number(addDevice.run([point.device]).lastInsertRowid);
          deviceIds.set(point.device, device);
          undo.note(() => deviceIds.delete(point.device));
        }
        const id = Number(addSeries.run([device, point.m, tags, day]).lastInsertRowid);
        entry = { id, device, tags: { ...point.tags }, lastDay: day };
        entries.set(tags, entry);
        undo.note(() => entries.delete(tags));
      }
      if (day > entry.lastDay) {
        const { lastDay } = entry;
        const raised = entry;
        setLastDay.run([day, entry.id]);
        entry.lastDay = day;
        undo.note(() => {
          raised.lastDay = lastDay;
        });
      }
      return entry;
    },

    /** All series of a device, in an order that new ones don't change. */
    allOf(device: string): { m: string; entry: SeriesEntry }[] {
      const all = [...byMeasurement].flatMap(([m, devices]) =>
        [...(devices.get(device)?.values() ?? [])].map((entry) => ({ m, entry })),
      );
      return all.sort((a, b) => a.entry.id - b.entry.id);
    },

    /** Series and devices without a point since `day`. Inside a transaction. What is in memory tells which they are: to
     *  read all of it again takes seconds when there are many. */
    forgetBefore(day: number): void {
      const touched = new Set<string>();
      for (const devices of byMeasurement.values()) {
        for (const [device, entries] of devices) {
          for (const [tags, entry] of entries) {
            if (entry.lastDay >= day) continue;
            removeSeries.run([entry.id]);
            entries.delete(tags);
            undo.note(() => entries.set(tags, entry));
            touched.add(device);
          }
          if (entries.size > 0) continue;
          devices.delete(device);
          undo.note(() => devices.set(device, entries));
        }
      }
      for (const device of touched) {
        if ([...byMeasurement.values()].some((devices) => devices.has(device))) continue;
        const id = deviceIds.get(device);
        if (id === undefined) continue;
        removeDevice.run([id]);
        deviceIds.delete(device);
        undo.note(() => deviceIds.set(device, id));
      }
    },
  };
}

function tagsText(tags: Record<string, string>): string {
  const keys = Object.keys(tags);
  return keys.length === 0 ? "[]" : JSON.stringify(keys.sort().map((key) => [key, tags[key]]));
}
