import type { Series } from "../../store/series/index.ts";
import { isBeyond } from "../rules/compile.ts";
import { type Sample, seriesText } from "../rules/engine.ts";
import type { Threshold } from "../rules/schema.ts";
import { widthMs } from "./limits.ts";
import type { ReadPlan } from "./plan.ts";

/** One series' buckets: of each that has something, a value for every read of the plan; null where it has none. */
export interface Buckets {
  device: string;
  tags: Readonly<Record<string, string>>;
  points: readonly [at: number, ...values: (number | null)[]][];
}

/** Puts together what the reads answered. Pure. @param answers one for each read of the plan, in its order */
export function bucketsOf(answers: readonly (readonly Series[])[]): Buckets[] {
  const bySeries = new Map<string, { device: string; tags: Series["tags"]; parts: (Series["points"] | undefined)[] }>();
  for (const [i, answer] of answers.entries())
    for (const { device, tags, points } of answer) {
      const key = `${device} ${seriesText(tags)}`;
      const one = bySeries.get(key) ?? { device, tags, parts: [] };
      one.parts[i] = points;
      bySeries.set(key, one);
    }
  return [...bySeries.values()].map(({ device, tags, parts }) => {
    const all = answers.map((_, i) => parts[i] ?? []);
    return { device, tags, points: zipped(all) };
  });
}

/** Each is in order of time. */
function zipped(parts: readonly Series["points"][]): Buckets["points"] {
  const next = parts.map(() => 0);
  const rows: [number, ...(number | null)[]][] = [];
  for (;;) {
    let at = Number.POSITIVE_INFINITY;
    for (const [i, points] of parts.entries()) at = Math.min(at, points[next[i] ?? 0]?.[0] ?? at);
    if (at === Number.POSITIVE_INFINITY) return rows;
    const row: [number, ...(number | null)[]] = [at];
    for (const [i, points] of parts.entries()) {
      const point = points[next[i] ?? 0];
      const here = point?.[0] === at;
      row.push(here && typeof point?.[1] === "number" ? point[1] : null);
      if (here) next[i] = (next[i] ?? 0) + 1;
    }
    rows.push(row);
  }
}

/** What stands for the samples of a device's series, in order of time: of extremes two, at both ends of the bucket, the
 *  better one first unless it was bad just before; else one at its end, which looks back on all of it.
 *  @param raise beyond this it is bad */
export function createSampler(plan: ReadPlan, raise: Threshold) {
  const { measurement: m, reads } = plan;
  const [first, second] = reads;
  const own = first?.field ?? "";
  /** Of each series: its last value was bad. */
  const wasBad = new Map<string, boolean>();

  return {
    *of({ device, tags, points }: Buckets): Generator<Sample> {
      const series = seriesText(tags);
      for (const [at, a = null, b = null] of points) {
        const endAt = at + widthMs - 1;
        if (!plan.extremes) {
          const fields: Record<string, number> = {};
          if (a !== null) fields[own] = a;
          if (second && b !== null) fields[second.field] = b;
          yield { device, m, at: endAt, tags, fields };
          continue;
        }
        if (a === null || b === null) continue;
        const [better, worse] = raise.above === undefined ? [b, a] : [a, b];
        const [from, to] = wasBad.get(series) ? [worse, better] : [better, worse];
        wasBad.set(series, isBeyond(raise, to));
        yield { device, m, at, tags, fields: { [own]: from } };
        yield { device, m, at: endAt, tags, fields: { [own]: to } };
      }
    },
  };
}
