import type { Series, SeriesStore } from "../../store/series/index.ts";
import { type Comparison, compare, type MetricName, type Sample } from "./compare.ts";

export interface Times {
  /** Before the first push of the wave, and since its last outcome. */
  before: { from: number; to: number };
  after: { from: number; to: number };
}

type Query = Pick<SeriesStore, "query">;
type Values = ReadonlyMap<string, number>;

const widthMs = 300_000;
const devicesPerQuery = 50;
const pointsPerQuery = 100_000;
const none: Values = new Map();

/** Reads what every device was like before and since, and compares. Rejects as the store does. */
export async function measure(
  series: Query,
  wave: number,
  { touched, untouched }: { touched: readonly string[]; untouched: readonly string[] },
  times: Times,
): Promise<Comparison> {
  const all = [...touched, ...untouched];
  const read = async ({ from, to }: { from: number; to: number }): Promise<Record<MetricName, Values>> => ({
    "probes that work": await perDevice(series, all, "probe.success", "mean", from, to, (s) => 100 * mean(means(s))),
    "devices on": await perDevice(series, all, "radio.clients", "mean", from, to, (s) => sum(means(s))),
    "air used": await perDevice(series, all, "radio.utilisation_percent", "mean", from, to, (s) => mean(means(s))),
    restarts: await perDevice(series, all, "system.uptime_seconds", "min", from, to, (s) =>
      restarted(s, from) ? 1 : 0,
    ),
  });
  const [before, after] = [await read(times.before), await read(times.after)];
  const samplesOf = (metric: MetricName) => {
    const sample = (id: string): Sample => ({
      before: (before[metric] ?? none).get(id) ?? null,
      after: (after[metric] ?? none).get(id) ?? null,
    });
    return { touched: touched.map(sample), untouched: untouched.map(sample) };
  };
  return compare(wave, times.after.to, {
    "probes that work": samplesOf("probes that work"),
    "devices on": samplesOf("devices on"),
    "air used": samplesOf("air used"),
    restarts: samplesOf("restarts"),
  });
}

async function perDevice(
  series: Query,
  devices: readonly string[],
  path: string,
  fn: "mean" | "min",
  from: number,
  to: number,
  read: (series: readonly Series[]) => number,
): Promise<Values> {
  const [measurement = "", field = ""] = path.split(".");
  const found = new Map<string, Series[]>();
  for (let i = 0; i < devices.length; i += devicesPerQuery) {
    const some = devices.slice(i, i + devicesPerQuery);
    const query = { devices: some, measurement, field, fn, from, to, everyMs: widthMs, limit: pointsPerQuery } as const;
    for (const one of (await series.query(query)).series)
      found.set(one.device, [...(found.get(one.device) ?? []), one]);
  }
  return new Map([...found].map(([device, own]) => [device, read(own)]));
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const means = (all: readonly Series[]): number[] =>
  all.map(({ points }) => mean(points.map(([, value]) => Number(value))));

/** Up for less long than the time has lasted: it began anew in between. */
const restarted = (all: readonly Series[], from: number): boolean =>
  all.some(({ points }) => points.some(([at, seconds]) => at >= from && Number(seconds) * 1_000 < at - from));
