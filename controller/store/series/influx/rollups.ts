import type { Catalogue } from "../accept.ts";
import { keyOf } from "../aggregate.ts";
import type { DeviceHour, ImportedBucket, Outcome, StoredPoint } from "../contract.ts";
import { columnName } from "../rollup/columns.ts";
import { type Row as RawRow, rollUp } from "../rollup/compute.ts";
import { hourMs, type Level, levels } from "../rollup/levels.ts";
import { chunks, identity, where } from "./clauses.ts";
import { name, type Ql } from "./ql.ts";

/** Retention policies; docs/influx.md names them. */
export const policies: Readonly<Record<Level, string>> = { "5-minute": "five_minutes", hourly: "hourly" };

const dayMs = 24 * hourMs;

export const rollupLimits = {
  /** Devices whose points are fetched at once: so many that about `rows` come. */
  devices: 50,
  rows: 50_000,
  /** Buckets in one write. */
  lines: 5_000,
} as const;

/** Makes buckets from raw points and writes them beside them. InfluxDB 1.x can delete in no single retention policy, so
 *  what is gone is overwritten: a count and a sum of 0. */
export function createInfluxRollups(needs: {
  ql: Ql;
  catalogue: Catalogue;
  retentionPolicy: string;
  /** Writes points into a retention policy. */
  write(policy: string, points: readonly StoredPoint[]): Promise<Outcome[]>;
  refused(level: Level, count: number, why: string): void;
  /** From when on raw points are certainly there. */
  rawSince(): number;
}) {
  const { ql, catalogue } = needs;
  let devicesAtOnce = 5;

  const from = (policy: string, m: string): string => `FROM ${name(ql.database)}.${name(policy)}.${name(m)}`;

  async function bucketsOf(m: string, devices: readonly string[], hourAt: number) {
    const fields = catalogue[m]?.fields ?? {};
    const columns = Object.keys(fields);
    const { text, values } = where(devices, hourAt, hourAt + hourMs);
    const statement = `SELECT ${columns.map(name).join(", ")} ${from(needs.retentionPolicy, m)}
      WHERE ${text} GROUP BY *`;
    let count = 0;
    const buckets: (ImportedBucket & { level: Level })[] = [];
    for (const row of await ql.run(statement, values)) {
      count += row.values.length;
      const rolled = rollUp(row.values as unknown as RawRow[], columns, fields);
      buckets.push(...rolled.map((bucket) => ({ ...identity(row), m, ...bucket })));
    }
    return { buckets, count };
  }

  /** Overwrites for what is kept of these hours and was not made again. */
  async function stale(level: Level, m: string, devices: readonly string[], hourAt: number, made: ImportedBucket[]) {
    const fields = Object.keys(catalogue[m]?.fields ?? {});
    const { text, values } = where(devices, hourAt, hourAt + hourMs);
    const counts = fields.map((field) => name(columnName(field, "count")));
    const rows = await ql.run(
      `SELECT ${counts.join(", ")} ${from(policies[level], m)} WHERE ${text} GROUP BY *`,
      values,
    );
    const fresh = new Set(
      made.flatMap((one) => Object.keys(one.fields).map((f) => `${one.at} ${f} ${keyOf(one.device, one.tags)}`)),
    );
    return rows.flatMap((row) => {
      const who = identity(row);
      const key = keyOf(who.device, who.tags);
      return row.values.flatMap(([time, ...found]): StoredPoint[] => {
        const at = Number(time);
        const gone = fields.filter((field, i) => Number(found[i] ?? 0) > 0 && !fresh.has(`${at} ${field} ${key}`));
        if (gone.length === 0) return [];
        const zeros = gone.flatMap((field) => [
          [columnName(field, "count"), 0],
          ...(catalogue[m]?.fields[field]?.type === "text" ? [] : [[columnName(field, "sum"), 0]]),
        ]);
        return [{ ...who, m, at, fields: Object.fromEntries(zeros) as StoredPoint["fields"] }];
      });
    });
  }

  /** @returns why InfluxDB refused them, one for each that it did */
  async function put(level: Level, points: readonly StoredPoint[]): Promise<string[]> {
    const refused: string[] = [];
    for (const some of chunks(points, rollupLimits.lines))
      for (const outcome of await needs.write(policies[level], some)) if (!outcome.ok) refused.push(outcome.why);
    return refused;
  }

  return {
    /** @returns how many of the hours are done: the first ones that are of the same hour. Rejects with StoreAway, Error
     *  where InfluxDB refuses a bucket: such an hour is answered from raw points only */
    async rollUp(hours: readonly DeviceHour[]): Promise<number> {
      const [first] = hours;
      if (!first) return 0;
      const { hourAt } = first;
      const wished = devicesAtOnce;
      const same = hours.slice(0, devicesAtOnce);
      const end = same.findIndex((one) => one.hourAt !== hourAt);
      const devices = (end < 0 ? same : same.slice(0, end)).map((one) => one.device);
      let most = 0;
      const refused: string[] = [];
      // Should it be too much for InfluxDB, the next call wants less.
      devicesAtOnce = Math.ceil(devices.length / 2);
      for (const m in catalogue) {
        const { buckets, count } = await bucketsOf(m, devices, hourAt);
        most = Math.max(most, count);
        for (const level of levels) {
          const made = buckets.filter((bucket) => bucket.level === level);
          // Where InfluxDB may have dropped raw points, what was made of them is all that is left.
          const gone = hourAt < needs.rawSince() ? [] : await stale(level, m, devices, hourAt, made);
          refused.push(...(await put(level, [...made.map(pointOf), ...gone])));
        }
      }
      if (most <= rollupLimits.rows) devicesAtOnce = more(wished, most);
      if (refused[0] !== undefined) throw new Error(`InfluxDB refused ${refused.length} buckets: ${refused[0]}`);
      return devices.length;
    },

    async importRollups(level: Level, buckets: readonly ImportedBucket[]): Promise<void> {
      const refused = await put(level, buckets.map(pointOf));
      if (refused[0] !== undefined) needs.refused(level, refused.length, refused[0]);
    },

    async hoursOn(at: number, devices: readonly string[]): Promise<DeviceHour[]> {
      const found = new Map<string, DeviceHour>();
      const day = at - (at % dayMs);
      for (const some of chunks(devices, rollupLimits.devices)) {
        const { text, values } = where(some, day, day + dayMs);
        for (const m in catalogue) {
          const counts = `SELECT count(*) ${from(needs.retentionPolicy, m)} WHERE ${text}`;
          for (const row of await ql.run(`${counts} GROUP BY ${name("device")}, time(1h) fill(none)`, values)) {
            const { device } = identity(row);
            for (const [hourAt] of row.values) found.set(`${device} ${hourAt}`, { device, hourAt: Number(hourAt) });
          }
        }
      }
      return [...found.values()];
    },

    async devices(): Promise<string[]> {
      const found = new Set<string>();
      for (const m in catalogue) {
        const source = `${name(needs.retentionPolicy)}.${name(m)}`;
        const rows = await ql.run(
          `SHOW TAG VALUES ON ${name(ql.database)} FROM ${source} WITH KEY = ${name("device")}`,
        );
        for (const row of rows) for (const [, device] of row.values) found.add(String(device));
      }
      return [...found];
    },
  };
}

const more = (devices: number, rows: number): number =>
  rows > rollupLimits.rows / 2 ? devices : Math.min(rollupLimits.devices, devices * 2);

function pointOf({ device, m, tags, at, fields }: ImportedBucket): StoredPoint {
  const given: StoredPoint["fields"] = {};
  for (const [field, kept] of Object.entries(fields))
    for (const [stat, value] of Object.entries(kept)) given[`${field}_${stat}`] = value;
  return { device, m, at, tags, fields: given };
}
