import type { Catalogue } from "../accept.ts";
import { aggregate, bounded, type RawSeries, tooMany, type Value } from "../aggregate.ts";
import { type Aggregate, type Series, type SeriesQuery, type StoredPoint, seriesLimits } from "../contract.ts";
import { decodeTag } from "./line.ts";
import { name, type Ql, QueryRefused, type Row, type Values } from "./ql.ts";

export const queryLimits = {
  /** Devices in one statement. */
  devices: 100,
  /** Values that a count looks at in one answer. */
  countedValues: 20_000,
} as const;

/** Worked out by InfluxDB; the others need every point, in order. */
const pushedDown: ReadonlySet<Aggregate> = new Set(["mean", "min", "max", "last", "sum", "count"]);

export function createQueries(needs: { ql: Ql; retentionPolicy: string; catalogue: Catalogue }) {
  const { ql, catalogue } = needs;
  const from = (measurement: string): string =>
    `FROM ${name(ql.database)}.${name(needs.retentionPolicy)}.${name(measurement)}`;

  async function* rawOf(query: SeriesQuery, most: number): AsyncGenerator<RawSeries> {
    let scanned = 0;
    for (const devices of chunks(query.devices, queryLimits.devices)) {
      const { text, values } = where(devices, query.from, query.to);
      const field = name(query.field);
      const [total] = await ql.run(`SELECT count(${field}) AS n ${from(query.measurement)} WHERE ${text}`, values);
      scanned += Number(total?.values[0]?.[1] ?? 0);
      if (scanned > most) throw tooMany(query);
      if (!total) continue;
      const rows = await ql.run(`SELECT ${field} ${from(query.measurement)} WHERE ${text} GROUP BY *`, values);
      for (const row of rows) yield seriesOf(row);
    }
  }

  const scan = async (query: SeriesQuery): Promise<Series[]> => {
    const raw: RawSeries[] = [];
    const most = query.everyMs === undefined ? query.limit : seriesLimits.scannedPoints;
    for await (const series of rawOf(query, most)) raw.push(series);
    return aggregate(query, raw);
  };

  const inBuckets = async (query: SeriesQuery, everyMs: number, fn: Aggregate): Promise<Series[]> => {
    const tags = query.by ?? Object.keys(catalogue[query.measurement]?.tags ?? {});
    const groups = ["device", ...tags].map(name).join(", ");
    const answer: Series[] = [];
    const bucketsEach = Math.ceil((query.to - query.from) / everyMs) + 1;
    const atOnce = Math.min(queryLimits.devices, Math.max(1, Math.ceil(query.limit / bucketsEach)));
    for (const devices of chunks(query.devices, atOnce)) {
      const { text, values } = where(devices, query.from, query.to);
      const rows = await ql.run(
        `SELECT ${fn}(${name(query.field)}) AS v ${from(query.measurement)} WHERE ${text}
         GROUP BY time(${everyMs}ms), ${groups} fill(none) LIMIT ${query.limit + 1}`,
        values,
      );
      for (const row of rows) answer.push(answerOf(row));
      bounded(query, answer);
    }
    return bounded(query, answer);
  };

  return {
    async query(query: SeriesQuery): Promise<Series[]> {
      const bounds = { from: Math.max(0, query.from), to: Math.min(seriesLimits.latestAt, query.to) };
      const asked: SeriesQuery = { ...query, ...bounds, devices: [...new Set(query.devices)] };
      const { everyMs, fn } = asked;
      if (asked.from >= asked.to || asked.devices.length === 0) return [];
      // Of pooled series InfluxDB doesn't say which "last" wins a tie.
      if (everyMs === undefined || !fn || !pushedDown.has(fn) || (fn === "last" && query.by)) return scan(asked);
      try {
        return await inBuckets(asked, everyMs, fn);
      } catch (error) {
        // A sum that overflows makes it answer something that isn't JSON.
        if (error instanceof QueryRefused) return scan(asked);
        throw error;
      }
    },

    async latest(since: number): Promise<StoredPoint[]> {
      const found: StoredPoint[] = [];
      for (const m in catalogue) {
        const fields = Object.keys(catalogue[m]?.fields ?? {});
        const statement = `SELECT ${fields.map(name).join(", ")} ${from(m)} WHERE time >= $from
          GROUP BY * ORDER BY time DESC LIMIT 1`;
        for (const row of await ql.run(statement, { from: instant(Math.max(0, since)) })) {
          const point = pointOf(m, row, fields);
          if (point) found.push(point);
        }
      }
      return found;
    },

    async count(device: string, since: number, until: number, measurement: string | undefined): Promise<number> {
      let sum = 0;
      const bounds = [Math.max(0, since), Math.min(seriesLimits.latestAt, until)] as const;
      for (const m of measurement === undefined ? Object.keys(catalogue) : [measurement])
        if (Object.hasOwn(catalogue, m)) sum += await countIn(m, device, ...bounds);
      return sum;
    },
  };

  /** InfluxDB counts values, not points, and a point need not have every field: so the points are fetched, as many at
   *  once as is decent. */
  async function countIn(m: string, device: string, since: number, until: number): Promise<number> {
    if (since >= until) return 0;
    const { text, values } = where([device], since, until);
    const [counted] = await ql.run(`SELECT count(*) ${from(m)} WHERE ${text}`, values);
    const most = (counted?.values[0] ?? []).slice(1).reduce<number>((sum, n) => sum + Number(n ?? 0), 0);
    if (most === 0) return 0;
    if (most > queryLimits.countedValues && until - since > 1) {
      const middle = Math.floor((since + until) / 2);
      return (await countIn(m, device, since, middle)) + (await countIn(m, device, middle, until));
    }
    const fields = Object.keys(catalogue[m]?.fields ?? {}).map(name);
    const rows = await ql.run(`SELECT ${fields.join(", ")} ${from(m)} WHERE ${text} GROUP BY *`, values);
    return rows.reduce((sum, row) => sum + row.values.length, 0);
  }
}

/** Devices and [from, to), with every value bound. Times go as text: nanoseconds don't fit a JSON number. */
function where(devices: readonly string[], from: number, to: number): { text: string; values: Values } {
  const values: Values = { from: instant(from), to: instant(to) };
  const any = devices.map((device, i) => {
    values[`d${i}`] = device;
    return `${name("device")} = $d${i}`;
  });
  return { text: `(${any.join(" OR ")}) AND time >= $from AND time < $to`, values };
}

const instant = (at: number): string => new Date(at).toISOString();

function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}

function identity(row: Row): { device: string; tags: Record<string, string> } {
  const { device = "", ...tags } = row.tags ?? {};
  return { device, tags: Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, decodeTag(value)])) };
}

function seriesOf(row: Row): RawSeries {
  return { ...identity(row), points: row.values as [number, Value][] };
}
const answerOf = (row: Row): Series => ({ ...identity(row), points: row.values as Series["points"] });

function pointOf(m: string, row: Row, fields: string[]): StoredPoint | undefined {
  const [values] = row.values;
  if (!values) return undefined;
  const given = fields.map((field, i) => [field, values[i + 1]] as const).filter(([, value]) => value != null);
  return { m, ...identity(row), at: Number(values[0]), fields: Object.fromEntries(given) as StoredPoint["fields"] };
}
