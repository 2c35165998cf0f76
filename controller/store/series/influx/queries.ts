import type { Catalogue } from "../accept.ts";
import { aggregate, bounded } from "../aggregate.ts";
import { type Aggregate, type Series, type SeriesQuery, type StoredPoint, seriesLimits } from "../contract.ts";
import type { QueryPlan } from "../rollup/planner.ts";
import { chunks, identity, instant, where } from "./clauses.ts";
import { createGather, devicesAtOnce } from "./gather.ts";
import { name, type Ql, QueryRefused, type Row } from "./ql.ts";

export const queryLimits = {
  /** Devices in one statement. */
  devices: devicesAtOnce,
  /** Values that a count looks at in one answer. */
  countedValues: 20_000,
} as const;

/** Worked out by InfluxDB; the others need every point, in order. */
const pushedDown: ReadonlySet<Aggregate> = new Set(["mean", "min", "max", "last", "sum", "count"]);

export function createQueries(needs: { ql: Ql; retentionPolicy: string; catalogue: Catalogue }) {
  const { ql, catalogue } = needs;
  const gather = createGather(needs);
  const from = (measurement: string): string =>
    `FROM ${name(ql.database)}.${name(needs.retentionPolicy)}.${name(measurement)}`;

  const scan = async (query: SeriesQuery, plan: QueryPlan): Promise<Series[]> =>
    aggregate(query, await gather(query, plan));

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
    /** @param asked within InfluxDB's time, no device twice */
    async query(asked: SeriesQuery, plan: QueryPlan): Promise<Series[]> {
      const { everyMs, fn } = asked;
      if (asked.from >= asked.to || asked.devices.length === 0) return [];
      const mixed = plan.spans.some((span) => span.level !== "raw");
      // Of pooled series InfluxDB doesn't say which "last" wins a tie.
      const tie = fn === "last" && asked.by !== undefined;
      if (mixed || everyMs === undefined || !fn || !pushedDown.has(fn) || tie) return scan(asked, plan);
      try {
        return await inBuckets(asked, everyMs, fn);
      } catch (error) {
        // A sum that overflows makes it answer something that isn't JSON.
        if (error instanceof QueryRefused) return scan(asked, plan);
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

const answerOf = (row: Row): Series => ({ ...identity(row), points: row.values as Series["points"] });

function pointOf(m: string, row: Row, fields: string[]): StoredPoint | undefined {
  const [values] = row.values;
  if (!values) return undefined;
  const given = fields.map((field, i) => [field, values[i + 1]] as const).filter(([, value]) => value != null);
  return { m, ...identity(row), at: Number(values[0]), fields: Object.fromEntries(given) as StoredPoint["fields"] };
}

/** Within the time that InfluxDB knows, and every device once. */
export const within = (query: SeriesQuery): SeriesQuery => ({
  ...query,
  from: Math.max(0, query.from),
  to: Math.min(seriesLimits.latestAt, query.to),
  devices: [...new Set(query.devices)],
});
