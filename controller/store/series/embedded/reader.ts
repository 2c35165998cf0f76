import { aggregate, type RawSeries, tooMany, type Value } from "../aggregate.ts";
import { type Series, type SeriesQuery, type StoredPoint, seriesLimits } from "../contract.ts";
import type { Db } from "./database.ts";
import type { Directory, SeriesEntry } from "./directory.ts";
import type { Partition, Partitions } from "./partitions.ts";

interface Needs {
  db: Db;
  directory: Directory;
  partitions: Partitions;
}

export function createReader({ db, directory, partitions }: Needs) {
  /** One series' values of the field, from all days, in order of time. */
  function* rawOf(query: SeriesQuery): Generator<RawSeries> {
    const columns = partitions
      .between(query.measurement, query.from, query.to)
      .filter((partition) => partition.columns.has(query.field))
      .map((partition) => fieldOf(db, partition, query.field));
    let scanned = 0;
    for (const device of new Set(query.devices)) {
      for (const entry of directory.seriesOf(query.measurement, device)) {
        const points: [number, Value][] = [];
        for (const column of columns) {
          for (const row of column.all([entry.device, entry.id, query.from, query.to])) points.push(row);
        }
        scanned += points.length;
        if (scanned > seriesLimits.scannedPoints) throw tooMany(query);
        yield { device, tags: entry.tags, points };
      }
    }
  }

  return {
    query: (query: SeriesQuery): Series[] => aggregate(query, rawOf(query)),

    latest(since: number, measurements: string[]): StoredPoint[] {
      const found: StoredPoint[] = [];
      for (const m of measurements) {
        const days = partitions
          .between(m, since, Number.MAX_SAFE_INTEGER)
          .reverse()
          .map((partition) => newestOf(db, partition));
        for (const device of directory.devicesOf(m)) {
          for (const entry of directory.seriesOf(m, device)) {
            const newest = firstOf(days, (day) => day(entry, since));
            if (newest) found.push({ device, m, tags: { ...entry.tags }, ...newest });
          }
        }
      }
      return found;
    },

    count(device: string, from: number, to: number, measurements: string[]): number {
      const id = directory.deviceId(device);
      if (id === undefined) return 0;
      let sum = 0;
      for (const { table } of measurements.flatMap((m) => partitions.between(m, from, to))) {
        const sql = `SELECT count(*) FROM "${table}" WHERE device = ? AND at >= ? AND at < ?`;
        sum += (db.prepare(sql).raw().get([id, from, to]) as [number])[0];
      }
      return sum;
    },
  };
}

function fieldOf(db: Db, partition: Partition, field: string) {
  const sql = `SELECT at, "${field}" FROM "${partition.table}"
    WHERE device = ? AND series = ? AND at >= ? AND at < ? AND "${field}" IS NOT NULL ORDER BY at`;
  return db.prepare(sql).raw() as unknown as { all(values: unknown[]): [number, Value][] };
}

/** Finds the newest point of a series in one day. */
function newestOf(db: Db, partition: Partition) {
  const fields = [...partition.columns];
  const sql = `SELECT at, ${fields.map((field) => `"${field}"`).join(", ")} FROM "${partition.table}"
    WHERE device = ? AND series = ? AND at >= ? ORDER BY at DESC LIMIT 1`;
  const statement = db.prepare(sql).raw() as unknown as { get(values: unknown[]): (Value | null)[] | undefined };
  return (entry: SeriesEntry, since: number): Pick<StoredPoint, "at" | "fields"> | undefined => {
    const row = statement.get([entry.device, entry.id, since]);
    if (!row) return undefined;
    const given = fields.map((field, i) => [field, row[i + 1]] as const).filter(([, value]) => value !== null);
    return { at: Number(row[0]), fields: Object.fromEntries(given) as StoredPoint["fields"] };
  };
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
