import { measurementOf } from "#wire";
import type { Resolution, SeriesQuery, SeriesStore } from "../../store/series/index.ts";
import { millisecondsOf } from "../rules/duration.ts";
import { seriesText } from "../rules/engine.ts";
import type { Rule, Threshold } from "../rules/schema.ts";
import type { IncidentView } from "../view.ts";

export const explainLimits = {
  /** Devices whose values are shown; the first that were bad. */
  devices: 5,
  /** Before it began, and after. */
  beforeMs: 30 * 60_000,
  afterMs: 60 * 60_000,
  pointsOfSeries: 240,
  points: 5_000,
  /** Incidents of a device. */
  incidents: 10,
} as const;

/** What a rule looked at when it fired. */
export interface SamplesExplained {
  field: string;
  fn: "mean" | "last" | "rate";
  everyMs: number;
  resolution: Resolution;
  raise: Threshold;
  clear: Threshold | null;
  /** The thresholds are of these values: not of how many times the usual they are, of a share, or of a rise. */
  comparable: boolean;
  series: { device: string; series: string; points: [at: number, value: number][] }[];
  /** Members that are not shown. */
  left: number;
}

const levels = new Set<Rule["value"]["fn"]>(["last", "mean", "min", "max", "rate"]);
const widthsMs = [10_000, 30_000, 60_000, 300_000, 3_600_000];

/** What to ask the store for. Pure; null: the rule looks at nothing that is stored. */
export function samplesQuery(
  rule: Rule,
  { since, resolvedAt, members }: IncidentView,
  now: number,
): (Omit<SeriesQuery, "everyMs" | "fn"> & Pick<SamplesExplained, "everyMs" | "fn">) | null {
  const [measurement = "", field = ""] = rule.value.field.split(".");
  const definition = measurementOf(measurement)?.fields[field];
  const devices = [...members].sort((a, b) => a.since - b.since).slice(0, explainLimits.devices);
  if (!definition || devices.length === 0) return null;
  const { kind } = definition;
  const fn = kind === "counter" ? "rate" : kind === "state" ? "last" : "mean";
  const lookBackMs = Math.max(explainLimits.beforeMs, millisecondsOf(rule.value.window ?? "0s"));
  const from = since - lookBackMs;
  const to = Math.min(
    now,
    Math.max(since + explainLimits.afterMs, Math.min(resolvedAt ?? now, since + 4 * explainLimits.afterMs)),
  );
  const everyMs = widthsMs.find((width) => (to - from) / width <= explainLimits.pointsOfSeries) ?? 3_600_000;
  const span = { from: from - (from % everyMs), to: Math.max(from + everyMs, to), everyMs };
  return { devices: devices.map(({ device }) => device), measurement, field, fn, limit: explainLimits.points, ...span };
}

/** Rejects as the store does. */
export async function samplesOf(
  store: Pick<SeriesStore, "query">,
  rule: Rule,
  view: IncidentView,
  now: number,
): Promise<SamplesExplained | null> {
  const query = samplesQuery(rule, view, now);
  if (!query) return null;
  const { resolution, series } = await store.query(query);
  return {
    field: rule.value.field,
    comparable: !rule.usual?.factor && !rule.divideBy && levels.has(rule.value.fn),
    ...{ fn: query.fn, everyMs: query.everyMs, resolution, raise: rule.raise, clear: rule.clear ?? null },
    series: series.map(({ device, tags, points }) => ({
      ...{ device, series: seriesText(tags) },
      points: points.filter((point): point is [number, number] => typeof point[1] === "number"),
    })),
    left: Math.max(0, view.members.length - explainLimits.devices),
  };
}
