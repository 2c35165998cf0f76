import { median, rankSum, spread } from "./statistics.ts";

/** What is looked at, and which way is worse. */
export interface Metric {
  name: string;
  /** Of the difference. */
  unit: string;
  worse: "more" | "less";
  /** What is less than this matters to nobody. */
  matters: number;
}

export const metrics = [
  { name: "probes that work", unit: "%", worse: "less", matters: 2 },
  { name: "devices on", unit: "", worse: "less", matters: 2 },
  { name: "air used", unit: "%", worse: "more", matters: 5 },
  { name: "restarts", unit: "", worse: "more", matters: 0.1 },
] as const satisfies readonly Metric[];
export type MetricName = (typeof metrics)[number]["name"];

/** Of one device: before its push and since; null: not measured. */
export interface Sample {
  before: number | null;
  after: number | null;
}

export interface Compared {
  metric: MetricName;
  unit: string;
  touched: Group;
  untouched: Group;
  /** How much more the touched ones changed than the others, in the unit. */
  difference: number | null;
  /** How likely so much is by chance; null: too few to tell. */
  chance: number | null;
  verdict: "worse" | "not worse" | "too few";
}

interface Group {
  devices: number;
  before: number | null;
  after: number | null;
  /** Median of what changed at each, and how far they lie apart (1.48 × the median distance from it). */
  change: number | null;
  spread: number | null;
}

export interface Comparison {
  wave: number;
  at: number;
  /** `accepted`: worse, and a person let it go on. */
  verdict: "worse" | "not worse" | "too few" | "accepted";
  sentence: string;
  metrics: Compared[];
}

/** Fewer on either side say nothing. */
export const leastDevices = 6;
/** So rarely may chance alone look worse; there are four metrics and some waves. */
export const mostChance = 0.01;

/** Touched devices against untouched ones, each against itself before: what an hour of the day or the weather does to all
 *  of them falls out. Pure.
 *  @see Mann and Whitney 1947, https://doi.org/10.1214/aoms/1177730491 */
export function compareOne(metric: Metric & { name: MetricName }, touched: Sample[], untouched: Sample[]): Compared {
  const [ours, theirs] = [changesOf(touched), changesOf(untouched)];
  const [own, other] = [groupOf(touched), groupOf(untouched)];
  const base = { metric: metric.name, unit: metric.unit, touched: own, untouched: other };
  const isFew = ours.length < leastDevices || theirs.length < leastDevices;
  if (isFew || own.change === null || other.change === null)
    return { ...base, difference: null, chance: null, verdict: "too few" };
  const difference = meanOf(metric, ours) - meanOf(metric, theirs);
  const sign = metric.worse === "more" ? 1 : -1;
  const chance = rankSum(
    ours.map((one) => sign * one),
    theirs.map((one) => sign * one),
  );
  const isWorse = chance < mostChance && sign * difference >= metric.matters;
  return { ...base, difference, chance, verdict: isWorse ? "worse" : "not worse" };
}

/** A median hides that a third of the devices restarts. */
const meanOf = ({ name }: { name: MetricName }, changes: readonly number[]): number =>
  name === "restarts" ? changes.reduce((sum, one) => sum + one, 0) / changes.length : median(changes);

/** All metrics together, in a sentence with the numbers. Pure. */
export function compare(
  wave: number,
  at: number,
  samples: Readonly<Record<MetricName, { touched: Sample[]; untouched: Sample[] }>>,
): Comparison {
  const all = metrics.map((metric) => compareOne(metric, samples[metric.name].touched, samples[metric.name].untouched));
  const worse = all.filter(({ verdict }) => verdict === "worse");
  const told = all.filter(({ verdict }) => verdict !== "too few");
  const verdict = worse.length > 0 ? "worse" : told.length === 0 ? "too few" : "not worse";
  return { wave, at, verdict, sentence: sentenceOf(worse, told), metrics: all };
}

function sentenceOf(worse: readonly Compared[], told: readonly Compared[]): string {
  if (told.length === 0) return `too few devices to compare (${leastDevices} on each side are needed)`;
  if (worse.length === 0) return `no worse than untouched ones in ${told.map(({ metric }) => metric).join(", ")}`;
  return worse
    .map(({ metric, unit, difference, touched, untouched, chance }) => {
      const by = `${(difference ?? 0) > 0 ? "+" : ""}${round(difference ?? 0)}${unit === "" ? "" : ` ${unit}`}`;
      return `${metric} ${by} against untouched ones (${touched.devices} and ${untouched.devices} devices, by chance ${likely(chance ?? 1)})`;
    })
    .join("; ");
}

const changesOf = (samples: readonly Sample[]): number[] =>
  samples.flatMap(({ before, after }) => (before === null || after === null ? [] : [after - before]));

function groupOf(samples: readonly Sample[]): Group {
  const whole = samples.filter(({ before, after }) => before !== null && after !== null);
  const changes = changesOf(samples);
  const none = { devices: 0, before: null, after: null, change: null, spread: null };
  if (whole.length === 0) return none;
  return {
    devices: whole.length,
    before: median(whole.map(({ before }) => before as number)),
    after: median(whole.map(({ after }) => after as number)),
    change: median(changes),
    spread: spread(changes),
  };
}

const round = (value: number): number => Number(value.toPrecision(3));
const likely = (chance: number): string => (chance < 0.001 ? "less than 1 in 1,000" : `1 in ${Math.round(1 / chance)}`);
