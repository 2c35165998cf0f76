import type { Clock } from "../../../base/clock.ts";
import type { Catalogue } from "../accept.ts";
import type { PendingHours, Retention, SeriesQuery } from "../contract.ts";
import { hourMs, type Resolution } from "./levels.ts";
import { carve, planSpans, resolutionOf, type Span } from "./plan.ts";
import { lookBackMs } from "./tally.ts";

/** Which level answers what of a query. */
export interface QueryPlan {
  spans: readonly Span[];
  /** Device → hours that only raw points know. */
  pending: ReadonlyMap<string, readonly number[]>;
  resolution: Resolution;
  /** The point before the query may be in buckets only. */
  beforeInBuckets: boolean;
}

export type Planner = ReturnType<typeof createPlanner>;

/** Plans checked queries. Without `pending` nobody makes roll-ups: all is raw. */
export function createPlanner(needs: {
  clock: Pick<Clock, "now">;
  catalogue: Catalogue;
  retention: Retention;
  pending: PendingHours | undefined;
}) {
  const { clock, catalogue, retention } = needs;
  return async (query: SeriesQuery): Promise<QueryPlan> => {
    const now = clock.now();
    const definition = catalogue[query.measurement];
    const { devices, from, to } = query;
    const asRaw: QueryPlan = {
      spans: [{ level: "raw", from, to }],
      pending: new Map(),
      resolution: "raw",
      beforeInBuckets: false,
    };
    if (!needs.pending || !definition || query.everyMs === undefined) return asRaw;
    const since = {
      raw: Math.ceil((now - retention.rawMs) / hourMs) * hourMs,
      "5-minute": now - retention.fiveMinuteMs,
      hourly: now - retention.hourlyMs,
    };
    const beforeInBuckets = from - lookBackMs < since.raw;
    const wished = planSpans({ query, definition, since, now, rolledUp: true });
    if (wished.every((span) => span.level === "raw")) return { ...asRaw, spans: wished, beforeInBuckets };
    const pending = await needs.pending.of(devices, from, to);
    const spans = pending ? wished : planSpans({ query, definition, since, now, rolledUp: false });
    const hours = pending ?? new Map<string, readonly number[]>();
    const plans = devices.map((device) => carve(spans, hours.get(device) ?? []));
    return { spans, pending: hours, resolution: resolutionOf(plans), beforeInBuckets };
  };
}
