import type { Clock } from "../../base/clock.ts";
import { turn } from "../../base/turn.ts";
import { type Zone, zoneOf } from "../../base/zone.ts";
import type { SeriesStore } from "../../store/series/index.ts";
import { fitsOf, type Subject } from "../rules/compile.ts";
import type { Rule } from "../rules/schema.ts";
import { remembered } from "./habits.ts";
import { backtestLimits, partMs, partsAtOnce } from "./limits.ts";
import { planOf } from "./plan.ts";
import { createReading, type Look, type Range } from "./read.ts";
import { createReplay, type Firing } from "./replay.ts";
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
  async function firingsOf(device: Subject, is: Look): Promise<Firing[][]> {
    const parts = partsOf(range);
    if (!parts.some(is.mayBeBad)) return [];
    const habits = await reading.habits(device.id, zoneAt(device.site));
    const looked = { subject: device, intervalMs: needs.intervalMs(device.id) };
    const replay = createReplay(looked, variants, plan, { usual: habits });
    for (let i = 0; i < parts.length; ) {
      const many = worthReading(parts, i, is, replay.isQuiet());
      const [first, last] = [parts[i], parts[i + many - 1]];
      i += Math.max(1, many);
      if (isCancelled()) throw new Cancelled();
      if (!first || !last || many === 0) continue;
      for (const _ of replay.feed(await reading.values(device.id, { from: first.from, to: last.to })))
        if (rest.isDue()) await turn();
    }
    return replay.firings();
  }
  async function foundOf(device: Subject): Promise<Firing[][] | null> {
    const is = await reading.look(device.id);
    if (isCancelled()) throw new Cancelled();
    return is.hasData ? firingsOf(device, is) : null;
  }
  // While some are thought about, the store looks at the next ones; what comes of them is counted in their order.
  const ahead: Promise<Firing[][] | null | Error>[] = [];
  for (const [i, device] of devices.entries()) {
    tell({ devices: i, of: devices.length });
    for (const next of devices.slice(i + ahead.length, i + backtestLimits.devicesAtOnce))
      ahead.push(foundOf(next).catch((error: Error) => error));
    const found = (await ahead.shift()) ?? null;
    if (found instanceof Error) {
      await Promise.all(ahead);
      throw found;
    }
    if (!found) continue;
    withData++;
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

const partsOf = ({ from, to }: Range): Range[] =>
  Array.from({ length: Math.ceil((to - from) / partMs) }, (_, i) => {
    return { from: from + i * partMs, to: Math.min(to, from + (i + 1) * partMs) };
  });

/** How many parts from this one on are read at once: all that may be bad, and else one as long as something is on. */
function worthReading(parts: readonly Range[], i: number, { mayBeBad }: Look, isQuiet: boolean): number {
  let many = 0;
  for (let part = parts[i]; part && many < partsAtOnce && mayBeBad(part); part = parts[i + many]) many++;
  return many === 0 && !isQuiet ? 1 : many;
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
