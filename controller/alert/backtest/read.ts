import type { Zone } from "../../base/zone.ts";
import {
  hourMs,
  hourOf,
  type Resolution,
  type Series,
  type SeriesQuery,
  type SeriesStore,
  TooManyPoints,
} from "../../store/series/index.ts";
import { millisecondsOf } from "../rules/duration.ts";
import type { Rule } from "../rules/schema.ts";
import { type Habits, habitsFrom, habitsOf } from "./habits.ts";
import { backtestLimits, widthMs } from "./limits.ts";
import type { ReadPlan } from "./plan.ts";
import { type Buckets, bucketsOf } from "./samples.ts";

export interface Range {
  from: number;
  to: number;
}

/** What is known of a device before its values are read. */
export interface Look {
  hasData: boolean;
  /** Could it have been bad in this time, as far as a look at whole hours tells? */
  mayBeBad(range: Range): boolean;
}

/** Asks the store for one device at a time, and for no more than the rule looks at.
 *  @param variants the rule with other settings: what none of them finds bad need not be read */
export function createReading(
  series: Pick<SeriesStore, "query">,
  rule: Rule,
  variants: readonly Rule[],
  plan: ReadPlan,
  range: Range,
) {
  const { measurement, reads } = plan;
  const isSuspicious = screenOf(rule, variants);
  const windowMs = rule.value.window === undefined ? 0 : millisecondsOf(rule.value.window);
  const limit = backtestLimits.pointsPerCall;
  let hourly = false;
  const note = (resolution: Resolution): void => {
    hourly ||= resolution === "hourly";
  };

  return {
    /** Of what was answered so far; the store keeps hours for longer than 5 minutes. */
    resolution: (): "5-minute" | "hourly" => (hourly ? "hourly" : "5-minute"),
    /** An hour's worst value says of twelve buckets whether one of them is worth reading. */
    async look(device: string): Promise<Look> {
      const { field } = reads[0] ?? { field: "" };
      const fn = !isSuspicious ? "last" : rule.raise.above === undefined ? "min" : "max";
      const span = { from: hourOf(range.from), to: hourOf(range.to + hourMs - 1), everyMs: hourMs };
      const found = await inParts(series, { devices: [device], measurement, field, fn, limit, ...span }, () => {});
      if (!isSuspicious || found.length === 0) return { hasData: found.length > 0, mayBeBad: () => found.length > 0 };
      const points = found.flatMap((one) => one.points);
      const hours = points.flatMap(([hourAt, value]) => (isSuspicious(Number(value)) ? [hourAt] : []));
      return {
        hasData: true,
        // What a window looks back on is read as well.
        mayBeBad: ({ from, to }) => hours.some((at) => at < to + windowMs && at + hourMs > from - windowMs),
      };
    },
    async values(device: string, part: Range): Promise<Buckets[]> {
      const answers: Series[][] = [];
      for (const { field, fn } of reads) {
        const query = { devices: [device], measurement, field, fn, everyMs: widthMs, limit, ...part };
        answers.push(await inParts(series, query, note));
      }
      return bucketsOf(answers);
    },
    /** What was usual then; asked for once. */
    async habits(device: string, zone: Zone): Promise<Habits> {
      if (!rule.usual) return () => null;
      const query = { ...habitsOf(rule, range), devices: [device], everyMs: hourMs, limit };
      return habitsFrom(await inParts(series, query, () => {}), rule, zone);
    },
  };
}

/** May a bucket with this value be bad by one of the rules? null: that cannot be told from a value alone. */
function screenOf(rule: Rule, variants: readonly Rule[]): ((value: number) => boolean) | null {
  const plain = ["last", "mean", "min", "max"].includes(rule.value.fn);
  if (!plain || rule.divideBy || rule.usual?.factor) return null;
  const { above } = rule.raise;
  if (above !== undefined) {
    const least = Math.min(...variants.map(({ raise }) => raise.above ?? above));
    return (value) => value > least;
  }
  const most = Math.max(...variants.map(({ raise }) => raise.below ?? Number.NEGATIVE_INFINITY));
  return (value) => value < most;
}

/** In halves of the time, where the whole is more than one answer holds. */
async function inParts(
  store: Pick<SeriesStore, "query">,
  query: SeriesQuery & { everyMs: number },
  note: (resolution: Resolution) => void,
): Promise<Series[]> {
  try {
    const { series, resolution } = await store.query(query);
    note(resolution);
    return series;
  } catch (error) {
    const { from, to, everyMs } = query;
    const middle = from + Math.floor((to - from) / everyMs / 2) * everyMs;
    if (!(error instanceof TooManyPoints) || middle === from) throw error;
    const parts = [
      await inParts(store, { ...query, to: middle }, note),
      await inParts(store, { ...query, from: middle }, note),
    ];
    return joined(parts);
  }
}

function joined(parts: readonly (readonly Series[])[]): Series[] {
  const all = new Map<string, Series>();
  for (const one of parts.flat()) {
    const key = JSON.stringify([one.device, one.tags]);
    const before = all.get(key);
    all.set(key, before ? { ...one, points: [...before.points, ...one.points] } : one);
  }
  return [...all.values()];
}
