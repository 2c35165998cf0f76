import { z } from "zod";
import { catalogue, measurementOf } from "#wire";
import { type Fault, invalid } from "../base/errors.ts";
import type { Aggregate, SeriesQuery } from "../store/series/index.ts";
import { instant } from "./input.ts";
import { httpLimits } from "./limits.ts";
import { tooManyPoints } from "./problems.ts";

const aggregates = [
  "mean",
  "min",
  "max",
  "last",
  "sum",
  "count",
  "increase",
  "rate",
  "p50",
  "p95",
] as const satisfies Aggregate[];

export const seriesQuery = z.strictObject({
  measurement: z.string().min(1).max(64),
  field: z.string().min(1).max(64),
  from: instant.optional(),
  to: instant.optional(),
  every: z.string().max(16).optional(),
  fn: z.enum(aggregates).optional(),
  by: z.string().max(256).optional(),
});
export type AskedSeries = z.infer<typeof seriesQuery>;

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const usualWidthsMs = [10, 30, 60, 300, 900, 3_600, 21_600, 86_400].map((seconds) => seconds * 1_000);
const hourMs = 3_600_000;

/** What was asked, with defaults: the last hour, in buckets that a screen can show. Pure. Throws "invalid" with where. */
export function planOf(asked: AskedSeries, now: number): Omit<SeriesQuery, "devices"> {
  const to = asked.to ?? now;
  const from = asked.from ?? to - hourMs;
  if (from >= to) throw wrong("from", "before to");
  if (to - from > httpLimits.rangeMs) throw wrong("from", "at most five years before to");
  const field = fieldOf(asked);
  const everyMs = widthOf(asked.every, to - from);
  const by = asked.by === undefined ? undefined : tagsOf(asked.by, asked.measurement);
  const { measurement } = asked;
  const plan = { measurement, field: asked.field, from, to, limit: httpLimits.points, ...(by ? { by } : {}) };
  if (everyMs === null) {
    if (asked.fn !== undefined) throw wrong("fn", 'needs buckets: leave out "every=raw"');
    return plan;
  }
  if ((to - from) / everyMs > httpLimits.points) throw tooManyPoints();
  // Whole buckets: the first one would say too little, and only whole ones are kept when raw points are gone.
  const whole = { from: from - (from % everyMs), to: Math.ceil(to / everyMs) * everyMs };
  const fn =
    asked.fn ?? (field.kind === "counter" ? "rate" : field.type === "text" || field.kind === "state" ? "last" : "mean");
  if (field.type === "text" && fn !== "last" && fn !== "count") throw wrong("fn", "of a text: last or count");
  return { ...plan, ...whole, everyMs, fn };
}

function fieldOf({ measurement, field }: AskedSeries) {
  const known = measurementOf(measurement);
  if (!known) throw wrong("measurement", `one of ${Object.keys(catalogue).join(", ")}`);
  const found = Object.hasOwn(known.fields, field) ? known.fields[field] : undefined;
  if (!found) throw wrong("field", `one of ${Object.keys(known.fields).join(", ")}`);
  return found;
}

/** null: as stored. */
function widthOf(every: string | undefined, spanMs: number): number | null {
  if (every === "raw") return null;
  if (every === undefined)
    return usualWidthsMs.find((width) => spanMs / width <= httpLimits.bucketsUsual) ?? usualWidthsMs.at(-1) ?? hourMs;
  const match = /^(\d{1,12})(ms|s|m|h|d)?$/.exec(every);
  const unit = match?.[2] as keyof typeof unitsMs | "ms" | undefined;
  const width = Number(match?.[1]) * (unit === undefined || unit === "ms" ? 1 : unitsMs[unit]);
  if (!match || width < 1_000 || width > httpLimits.rangeMs)
    throw wrong("every", "at least a second: 30s, 5m, 1h, milliseconds, or raw");
  return width;
}

function tagsOf(by: string, measurement: string): string[] {
  const known = Object.keys(measurementOf(measurement)?.tags ?? {});
  const tags = by === "" ? [] : by.split(",");
  const unknown = tags.find((tag) => !known.includes(tag));
  if (unknown !== undefined)
    throw wrong("by", known.length > 0 ? `of ${known.join(", ")}` : "this measurement has no tags");
  return tags;
}

function wrong(path: string, message: string): Error {
  const faults: Fault[] = [{ path, message }];
  return invalid(`the query will not do: ${path}: ${message}`, faults);
}
