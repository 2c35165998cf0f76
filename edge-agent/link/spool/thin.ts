import { measurementOf, type Point } from "#wire";

/** What is left of a series when the spool is full: one value for each of these. */
export const thinMs = 5 * 60_000;

interface Sum {
  last: Point;
  means: Map<string, { sum: number; count: number }>;
}

/** Points as 5-minute values of each series: gauges as the mean; counters, states and words as the last. The time is
 *  that of the last point that went in: it is nobody else's, since that one is not sent any more. Oldest first. */
export function thin(points: Iterable<Point>): Point[] {
  const sums = new Map<string, Sum>();
  for (const point of points) {
    const tags = Object.entries(point.t ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const name = JSON.stringify([Math.floor(point.at / thinMs), point.m, point.of ?? "", tags]);
    const known = sums.get(name);
    const sum = known ?? { last: point, means: new Map() };
    sums.set(name, sum);
    const [older, newer] = point.at < sum.last.at ? [point, sum.last] : [sum.last, point];
    sum.last = { ...newer, f: { ...older.f, ...newer.f } };
    for (const [field, value] of Object.entries(point.f)) {
      if (typeof value !== "number" || !isGauge(point.m, field)) continue;
      const mean = sum.means.get(field) ?? { sum: 0, count: 0 };
      sum.means.set(field, { sum: mean.sum + value, count: mean.count + 1 });
    }
  }
  return [...sums.values()].map(asPoint).sort((a, b) => a.at - b.at);
}

/** Of what the catalogue does not name, nobody knows whether a mean means anything. */
const isGauge = (m: string, field: string): boolean => measurementOf(m)?.fields[field]?.kind === "gauge";

function asPoint({ last, means }: Sum): Point {
  const f = { ...last.f };
  for (const [field, { sum, count }] of means) {
    const mean = Number((sum / count).toPrecision(12));
    if (count > 1 && Number.isFinite(mean)) f[field] = mean;
  }
  return { ...last, f };
}
