import { invalid } from "../../base/errors.ts";
import type { Catalogue } from "./accept.ts";
import { type ImportedBucket, seriesLimits } from "./contract.ts";
import { type Level, statsOf, widthsMs } from "./rollup/levels.ts";

/** Throws RangeError on more than 2,000 buckets, Problem "invalid" on what the catalogue doesn't have or a bucket cannot
 *  be. */
export function checkBuckets(level: Level, buckets: readonly ImportedBucket[], catalogue: Catalogue): void {
  const most = seriesLimits.bucketsPerImport;
  if (buckets.length > most) throw new RangeError(`${buckets.length} buckets at once, at most ${most} are allowed`);
  for (const bucket of buckets) {
    const why = wrongWith(level, bucket, catalogue);
    if (why !== null) throw invalid(`a bucket of "${bucket.device.slice(0, 64)}": ${why}`);
  }
}

function wrongWith(level: Level, bucket: ImportedBucket, catalogue: Catalogue): string | null {
  const definition = Object.hasOwn(catalogue, bucket.m) ? catalogue[bucket.m] : undefined;
  if (!definition) return `${bucket.m.slice(0, 64)} is not in the catalogue`;
  if (!/^[a-z0-9-]{1,64}$/.test(bucket.device)) return "device: 1-64 of a-z 0-9 - expected";
  if (!Number.isSafeInteger(bucket.at) || bucket.at < 0 || bucket.at % widthsMs[level] !== 0)
    return `at: the start of a ${level} bucket expected`;
  const tags = Object.keys(definition.tags);
  if (tags.length !== Object.keys(bucket.tags).length || tags.some((tag) => !bucket.tags[tag]))
    return `tags: ${tags.join(", ") || "none"} expected`;
  for (const [name, kept] of Object.entries(bucket.fields)) {
    const field = Object.hasOwn(definition.fields, name) ? definition.fields[name] : undefined;
    if (!field) return `field ${name.slice(0, 64)} is not in the catalogue`;
    const stats = statsOf(field);
    for (const stat of stats) {
      const value = kept[stat];
      const text = field.type === "text" && stat === "last";
      if (text ? typeof value !== "string" : !Number.isFinite(value)) return `${name}: ${stats.join(", ")} expected`;
    }
  }
  return null;
}
