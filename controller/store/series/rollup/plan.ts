import type { Measurement } from "#wire";
import type { Aggregate, SeriesQuery } from "../contract.ts";
import { hourMs, hourOf, isPercentile, keeps, type Level, levels, type Resolution, widthsMs } from "./levels.ts";

/** A stretch of time that is answered from one level. */
export interface Span {
  level: Resolution;
  from: number;
  to: number;
}

/** From when on each level is kept; `raw` at the start of an hour. */
export type KeptSince = Readonly<Record<Resolution, number>>;

/** Which level answers which part of a query: the coarsest that answers it exactly; where raw points are gone and none
 *  does, the finest that there is. Pure. In order of time; a time that no level can answer is left out. */
export function planSpans(needs: {
  query: SeriesQuery;
  definition: Measurement;
  since: KeptSince;
  now: number;
  /** false: nothing is known to be rolled up where raw points are kept. */
  rolledUp: boolean;
}): Span[] {
  const { query, since, definition } = needs;
  const { everyMs, fn, from, to } = query;
  const raw: Span = { level: "raw", from, to };
  const field = definition.fields[query.field];
  if (everyMs === undefined || fn === undefined || !field || from >= to) return [raw];
  const kept = keeps(field, fn) ? levels : [];
  const exact = kept.filter((level) => isExact(level, everyMs, fn, pools(query, definition))).reverse();
  const inexact = isPercentile(fn) ? [] : kept.filter((level) => !exact.includes(level));
  // The hour that is not over is never rolled up.
  const upTo = hourOf(needs.now);
  const gone = Math.min(to, since.raw);
  const cover = (from: number, to: number, choices: readonly Level[], last: readonly "raw"[]): Span[] => {
    if (from >= to) return [];
    const [level, ...others] = choices;
    if (level === undefined) return last.map((one) => ({ level: one, from, to }));
    const width = widthsMs[level];
    const start = ceil(Math.max(from, since[level]), width);
    const end = floor(Math.min(to, upTo), width);
    if (start >= end) return cover(from, to, others, last);
    return [...cover(from, start, others, last), { level, from: start, to: end }, ...cover(end, to, others, last)];
  };
  const old = cover(from, gone, [...exact, ...inexact], []);
  return joined([...old, ...cover(Math.max(from, gone), to, needs.rolledUp ? exact : [], ["raw"])]);
}

/** Do series fall together in the answer? */
function pools(query: SeriesQuery, definition: Measurement): boolean {
  return query.by !== undefined && Object.keys(definition.tags).some((tag) => !query.by?.includes(tag));
}

function isExact(level: Level, everyMs: number, fn: Aggregate, pooled: boolean): boolean {
  const width = widthsMs[level];
  // A percentile of percentiles is none.
  return isPercentile(fn) ? everyMs === width && !pooled : everyMs % width === 0;
}

/** The spans of one device: its hours that are not rolled up (any more) are answered from raw points, which are kept for
 *  as long as they are pending. @param pending starts of hours */
export function carve(spans: readonly Span[], pending: Iterable<number>): Span[] {
  const hours = [...pending].sort((a, b) => a - b);
  if (hours.length === 0) return [...spans];
  const carved: Span[] = [];
  for (const span of spans) {
    if (span.level === "raw") {
      carved.push(span);
      continue;
    }
    let from = span.from;
    for (const hour of hours) {
      if (hour + hourMs <= from) continue;
      if (hour >= span.to) break;
      const start = Math.max(hour, from);
      const end = Math.min(hour + hourMs, span.to);
      if (start > from) carved.push({ ...span, from, to: start });
      carved.push({ level: "raw", from: start, to: end });
      from = end;
    }
    if (from < span.to) carved.push({ ...span, from });
  }
  return joined(carved);
}

function joined(spans: readonly Span[]): Span[] {
  const kept: Span[] = [];
  for (const span of spans) {
    const last = kept.at(-1);
    if (last && last.level === span.level && last.to === span.from) kept[kept.length - 1] = { ...last, to: span.to };
    else kept.push(span);
  }
  return kept;
}

/** The level that answers the most time; of equals the coarser. */
export function resolutionOf(plans: Iterable<readonly Span[]>): Resolution {
  const total: Record<Resolution, number> = { raw: 0, "5-minute": 0, hourly: 0 };
  for (const spans of plans) for (const span of spans) total[span.level] += span.to - span.from;
  const most = Math.max(...Object.values(total));
  if (most === 0) return "raw";
  return (["hourly", "5-minute"] as const).find((level) => total[level] === most) ?? "raw";
}

const ceil = (at: number, width: number): number => Math.ceil(at / width) * width;
const floor = (at: number, width: number): number => Math.floor(at / width) * width;
