import { catalogue } from "#wire";
import { hourOf, type ImportedBucket, type Kept, type Level, type Row, rollUp } from "../../store/series/index.ts";
import { type Sampled, sampleEveryMs } from "../host/index.ts";

/** Makes buckets of what was sampled, as the store makes its own. Each sample stands for as many as the live interval
 *  takes in its time, so that a mean over both times weighs them alike. */
export function bucketsOf(
  device: string,
  sampled: readonly Sampled[],
  intervalMs: number,
): Record<Level, ImportedBucket[]> {
  const weight = sampleEveryMs / intervalMs;
  const made: Record<Level, ImportedBucket[]> = { "5-minute": [], hourly: [] };
  for (const { m, tags, columns, rows } of sampled) {
    const { fields: known = {} } = Object.hasOwn(catalogue, m) ? catalogue[m as keyof typeof catalogue] : {};
    for (const hour of hoursOf(rows, columns.length + 1))
      for (const { level, at, fields } of rollUp(hour, columns, known))
        made[level].push({ device, m, tags, at, fields: weighed(fields, weight) });
  }
  return made;
}

function hoursOf(rows: Float64Array, width: number): Row[][] {
  const hours: Row[][] = [];
  let hourAt = Number.NaN;
  for (let i = 0; i < rows.length; i += width) {
    const [at = 0, ...values] = rows.subarray(i, i + width);
    if (hourOf(at) !== hourAt) hours.push([]);
    hourAt = hourOf(at);
    hours.at(-1)?.push([at, ...values.map((value) => (Number.isNaN(value) ? null : value))]);
  }
  return hours;
}

function weighed(fields: Record<string, Kept>, weight: number): Record<string, Kept> {
  for (const kept of Object.values(fields)) {
    kept.count = Number(kept.count) * weight;
    if (kept.sum !== undefined) kept.sum = Number(kept.sum) * weight;
  }
  return fields;
}
