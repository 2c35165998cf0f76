import type { Clock } from "../../base/clock.ts";
import { turn } from "../../base/turn.ts";
import { monthIn, type Span } from "../../registry/index.ts";
import type { Records } from "../../store/records/index.ts";
import { availabilityLimits } from "./interval.ts";
import { devicesKnown, intervalsOf } from "./records.ts";
import { add, closed, type Figures, noFigures, type UsuallyOn } from "./report.ts";

export interface SiteFigures {
  /** null: devices without a site. */
  id: string | null;
  name: string;
  timeZone: string;
  devices: number;
  figures: Figures;
}

export interface DeviceFigures {
  id: string;
  name: string;
  /** Where it was last in the month; null: without a site. */
  site: string | null;
  /** It is no longer there. */
  removed: boolean;
  figures: Figures;
}

export interface MonthReport {
  month: string;
  /** What there is no data for; null: the month is whole, as far as it is over. */
  note: string | null;
  all: Figures;
  /** By name. */
  sites: SiteFigures[];
  devices: DeviceFigures[];
}

export interface ReportNeeds {
  clock: Clock;
  records: Records;
  registry: {
    device(id: string): { id: string; name: string } | undefined;
    sites(): readonly { id: string; name: string; timeZone: string }[];
    /** When a site served, by the hours that held then. */
    servedBy(site: string, span: Span): Span[];
    /** Who was there in [from, to). */
    membersOf(site: string, from: number, to: number): readonly { device: string }[];
  };
  usuallyOn: UsuallyOn;
}

/** Reports that were asked for lately: a page asks for the next one of the same, and a month of ten thousand devices is
 *  seconds of work. */
const keptMs = 30_000;
const reportsKept = 4;
const noSite = { name: "Devices without a site", timeZone: "UTC" } as const;
const dayMs = 86_400_000;

/** What the ledger says of a month. */
export function createReports(needs: ReportNeeds) {
  const { clock, records, registry } = needs;
  const { devicesAtOnce } = availabilityLimits;
  const made = new Map<string, { at: number; report: Promise<MonthReport> }>();

  /** A site's month and its service hours, each worked out once. */
  function calendar(month: string) {
    const sites = new Map(registry.sites().map((site) => [site.id, site]));
    const known = new Map<string | null, { month: Span; served: Span[] }>();
    return (id: string | null) => {
      const before = known.get(id);
      if (before) return before;
      const site = sites.get(id ?? "");
      const span = monthIn(month, (site ?? noSite).timeZone);
      const is = { month: span, served: site ? registry.servedBy(site.id, span) : [span] };
      known.set(id, is);
      return is;
    };
  }

  async function make(month: string, site: string | undefined): Promise<MonthReport> {
    const now = clock.now();
    const of = calendar(month);
    // Wherever on earth the month has begun, or has not ended.
    const utc = monthIn(month, "UTC");
    const widest = { from: utc.from - dayMs, to: utc.to + dayMs, now };
    const here = site && new Set(registry.membersOf(site, widest.from, widest.to).map(({ device }) => device));
    const known = await devicesKnown(records);
    const ids = [...known.keys()].filter((id) => !here || here.has(id) || !registry.device(id));
    const all = noFigures();
    const sites = new Map<string | null, { devices: Set<string>; figures: Figures }>();
    const devices = new Map<string, { site: string | null; figures: Figures }>();
    for (let i = 0; i < ids.length; i += devicesAtOnce) {
      for (const one of await intervalsOf(records, ids.slice(i, i + devicesAtOnce), widest)) {
        const span = of(one.site);
        if ((site !== undefined && one.site !== site) || one.to <= span.month.from || one.from >= span.month.to)
          continue;
        const there = entry(sites, one.site, () => ({ devices: new Set<string>(), figures: noFigures() }));
        const its = entry(devices, one.device, () => ({ site: one.site, figures: noFigures() }));
        there.devices.add(one.device);
        its.site = one.site;
        add([all, there.figures, its.figures], one, { ...span, usuallyOn: needs.usuallyOn });
      }
      await turn();
    }
    const since = [...known.values()].reduce<number | null>((first, at) => Math.min(first ?? at, at), null);
    const note = noteOf(of(site ?? null).month, now, since);
    return { month, note, all: closed(all), sites: sitesOf(sites), devices: devicesOf(devices) };
  }

  function sitesOf(all: ReadonlyMap<string | null, { devices: Set<string>; figures: Figures }>): SiteFigures[] {
    const known = new Map(registry.sites().map((site) => [site.id, site]));
    return [...all]
      .map(([id, { devices, figures }]) => {
        const { name, timeZone } = id === null ? noSite : (known.get(id) ?? { ...noSite, name: id });
        return { id, name, timeZone, devices: devices.size, figures: closed(figures) };
      })
      .sort((a, b) => byText(a.name, b.name) || byText(a.id ?? "", b.id ?? ""));
  }

  const devicesOf = (all: ReadonlyMap<string, { site: string | null; figures: Figures }>): DeviceFigures[] =>
    [...all]
      .map(([id, { site, figures }]) => {
        const device = registry.device(id);
        return { id, name: device?.name ?? id, site, removed: !device, figures: closed(figures) };
      })
      .sort((a, b) => byText(a.name, b.name) || byText(a.id, b.id));

  return {
    /** @param month such as "2026-11", in each site's own time zone
     *  @param site only what was there; absent: all */
    of(month: string, site?: string): Promise<MonthReport> {
      const key = `${month} ${site ?? ""}`;
      const before = made.get(key);
      const now = clock.now();
      if (before && Math.abs(now - before.at) < keptMs) return before.report;
      const report = make(month, site);
      made.delete(key);
      made.set(key, { at: now, report });
      report.catch(() => made.delete(key));
      const [oldest] = made.keys();
      if (made.size > reportsKept && oldest !== undefined) made.delete(oldest);
      return report;
    },
  };
}
export type Reports = ReturnType<typeof createReports>;

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  map.set(key, fresh);
  return fresh;
}

/** By code unit, so that a cursor compares as the list is sorted. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a reader has to know before the numbers. Pure. */
export function noteOf(month: Span, now: number, since: number | null): string | null {
  const day = (at: number) =>
    new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  if (now < month.from) return "No data: this month has not begun.";
  if (since === null) return "No data: nothing is known yet.";
  if (since >= month.to) return `No data: what is known begins on ${day(since)}.`;
  if (since > month.from) return `Known only from ${day(since)} on.`;
  return null;
}
