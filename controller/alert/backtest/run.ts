import type { Clock } from "../../base/clock.ts";
import { turn } from "../../base/turn.ts";
import { type Zone, zoneOf } from "../../registry/index.ts";
import type { SeriesStore } from "../../store/series/index.ts";
import { fitsOf, type Subject } from "../rules/compile.ts";
import type { Rule } from "../rules/schema.ts";
import { remembered } from "./habits.ts";
import { backtestLimits } from "./limits.ts";
import { planOf } from "./plan.ts";
import { createReading, type DeviceHistory, type Range } from "./read.ts";
import { type Firing, replay } from "./replay.ts";
import { createTally } from "./tally.ts";
import { variantsOf } from "./variants.ts";
import { sentenceOf } from "./words.ts";

export interface RunNeeds {
  clock: Pick<Clock, "monotonic">;
  series: Pick<SeriesStore, "query">;
  devices(): readonly (Subject & { name: string })[];
  intervalMs(device: string): number;
  /** Of a site; "" is none. */
  timeZoneOf(site: string): string;
}

export interface Progress {
  devices: number;
  of: number;
}

/** What nobody waits for any more ends with this. */
export class Cancelled extends Error {
  override name = "Cancelled";
}

export type BacktestResult = Awaited<ReturnType<typeof runBacktest>>;

/** Runs the rule, and a few others beside it, over the history of every device that it looks at.
 *  @param of a rule that `whyNot` has nothing against */
export async function runBacktest(
  needs: RunNeeds,
  of: { rule: Rule } & Range,
  tell: (progress: Progress) => void,
  isCancelled: () => boolean,
) {
  const { rule, from, to } = of;
  const range = { from, to };
  const plan = planOf(rule);
  const variants = variantsOf(rule);
  const reading = createReading(needs.series, rule, variants, plan, range);
  const fits = fitsOf(rule.scope);
  const devices = [...needs.devices()].filter(fits).sort((a, b) => (a.site < b.site ? -1 : a.site > b.site ? 1 : 0));
  const zones = new Map<string, Zone>();
  const zoneAt = (site: string): Zone => {
    const name = needs.timeZoneOf(site);
    const zone = zones.get(name) ?? remembered(zoneOf(name));
    zones.set(name, zone);
    return zone;
  };
  const tally = createTally(variants);
  const rest = createRest(needs.clock);
  let withData = 0;
  // While one device is looked at, the store reads the next one.
  const read = (i: number): Promise<DeviceHistory | Error> | null => {
    const device = devices[i];
    return device ? reading.of(device.id, zoneAt(device.site)).catch((error: Error) => error) : null;
  };
  let next = read(0);
  for (const [i, device] of devices.entries()) {
    tell({ devices: i, of: devices.length });
    const history = await next;
    if (isCancelled()) throw new Cancelled();
    if (history instanceof Error) throw history;
    next = read(i + 1);
    if (!history?.hasData) continue;
    withData++;
    let found: Firing[][] = [];
    if (history.buckets.length > 0) {
      const looked = { subject: device, intervalMs: needs.intervalMs(device.id) };
      const steps = replay(looked, variants, plan, history.buckets, { usual: history.habits ?? (() => null) });
      let step = steps.next();
      for (; !step.done; step = steps.next()) if (rest.isDue()) await turn();
      found = step.value;
    }
    tally.device({ ...device, site: device.site === "" ? null : device.site }, found, zoneAt(device.site));
  }
  tell({ devices: devices.length, of: devices.length });
  const { list, sites, others, ...own } = tally.result();
  const sentence = sentenceOf(rule, own, others, range.to - range.from);
  const counts = { looked: devices.length, withData, ...own };
  return {
    rule: rule.id,
    ...range,
    resolution: reading.resolution(),
    basis: basisOf(plan.basis),
    sentence,
    counts,
    list,
    sites,
    others,
  };
}

const basisOf = (of: string): string =>
  `Looked at ${of}. Times are right to 5 minutes. Sites, tags and profiles are those of today; service hours and maintenance are not considered.`;

/** So that nobody else waits for long. */
function createRest(clock: Pick<Clock, "monotonic">) {
  let samples = 0;
  let since = clock.monotonic();
  return {
    isDue(): boolean {
      if (++samples % backtestLimits.samplesPerLook !== 0) return false;
      const now = clock.monotonic();
      if (now - since < backtestLimits.sliceMs) return false;
      since = now;
      return true;
    },
  };
}
