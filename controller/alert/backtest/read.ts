import type { Zone } from "../../registry/index.ts";
import {
  hourMs,
  type Resolution,
  type Series,
  type SeriesQuery,
  type SeriesStore,
  TooManyPoints,
} from "../../store/series/index.ts";
import type { Rule } from "../rules/schema.ts";
import { type Habits, habitsFrom, habitsOf } from "./habits.ts";
import { backtestLimits, widthMs } from "./limits.ts";
import type { ReadPlan } from "./plan.ts";
import { type Buckets, bucketsOf } from "./samples.ts";

export interface Range {
  from: number;
  to: number;
}

/** What the store has of one device for a rule. */
export interface DeviceHistory {
  hasData: boolean;
  /** Empty where nothing of it can be bad. */
  buckets: Buckets[];
  habits: Habits | null;
}

/** Asks the store for one device at a time, and for no more than the rule looks at.
 *  @param variants the rule with other settings: what none of them finds bad is not read any further */
export function createReading(
  series: Pick<SeriesStore, "query">,
  rule: Rule,
  variants: readonly Rule[],
  plan: ReadPlan,
  range: Range,
) {
  const { measurement, reads } = plan;
  const screen = screenOf(rule, variants);
  /** The value that is the worse one of a bucket is read first. */
  const worst = plan.extremes && rule.raise.above !== undefined ? 1 : 0;
  let hourly = false;

  const note = (resolution: Resolution): void => {
    hourly ||= resolution === "hourly";
  };

  return {
    /** Of what was answered so far; the store keeps hours for longer than 5 minutes. */
    resolution: (): "5-minute" | "hourly" => (hourly ? "hourly" : "5-minute"),
    async of(device: string, zone: Zone): Promise<DeviceHistory> {
      const ask = async (i: number): Promise<Series[]> => {
        const { field, fn } = reads[i] ?? { field: "", fn: "mean" };
        const base = {
          devices: [device],
          measurement,
          field,
          fn,
          everyMs: widthMs,
          limit: backtestLimits.pointsPerCall,
        };
        return await inParts(series, { ...base, ...range }, note);
      };
      const first = await ask(worst);
      const hasData = first.length > 0;
      if (!hasData || (screen && !first.some(({ points }) => points.some(([, value]) => screen(Number(value))))))
        return { hasData, buckets: [], habits: null };
      const answers: Series[][] = [];
      for (const i of reads.keys()) answers.push(i === worst ? first : await ask(i));
      const wanted = rule.usual ? habitsOf(rule, range) : null;
      const query = wanted && { ...wanted, devices: [device], everyMs: hourMs, limit: backtestLimits.pointsPerCall };
      const habits = query ? habitsFrom(await inParts(series, query, () => {}), rule, zone) : null;
      return { hasData, buckets: bucketsOf(answers), habits };
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
