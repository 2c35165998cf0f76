import type { Db } from "./database.ts";

export interface SeriesRow {
  id: number;
  device: number;
  tags: Record<string, string>;
}

export type Lookup = ReturnType<typeof createLookup>;

/** Finds series in the file itself. The reader keeps no directory: the one who writes makes and forgets series all the
 *  time, and a copy of 100,000 of them would have to follow. */
export function createLookup(db: Db) {
  const ofDevice = db
    .prepare(`SELECT s.id, s.device, s.tags FROM device d JOIN series s ON s.device = d.id
      WHERE d.name = ? AND s.measurement = ? ORDER BY s.id`)
    .raw();
  const since = db
    .prepare(`SELECT s.id, s.device, s.tags, d.name FROM series s JOIN device d ON d.id = s.device
      WHERE s.measurement = ? AND s.last_day >= ? ORDER BY s.id`)
    .raw();
  const idOf = db.prepare("SELECT id FROM device WHERE name = ?").raw();
  const nameOf = db.prepare("SELECT name FROM device WHERE id = ?").raw();

  return {
    seriesOf: (measurement: string, device: string): SeriesRow[] =>
      (ofDevice.all([device, measurement]) as [number, number, string][]).map(rowOf),
    /** Those that may have a point in the UTC day or later. */
    seriesSince: (measurement: string, day: number): { name: string; series: SeriesRow }[] =>
      (since.all([measurement, day]) as [number, number, string, string][]).map(([id, device, tags, name]) => ({
        name,
        series: rowOf([id, device, tags]),
      })),
    deviceId: (name: string): number | undefined => (idOf.get([name]) as [number] | undefined)?.[0],
    nameOf: (id: number): string | undefined => (nameOf.get([id]) as [string] | undefined)?.[0],
  };
}

const rowOf = ([id, device, tags]: [number, number, string]): SeriesRow => ({
  id,
  device,
  tags: Object.fromEntries(JSON.parse(tags)),
});
