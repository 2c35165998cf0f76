import type { Zone } from "../../base/zone.ts";
import type { DurationText } from "../rules/duration.ts";
import type { Rule, Threshold } from "../rules/schema.ts";
import { backtestLimits } from "./limits.ts";
import { type Firing, merged } from "./replay.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What one setting of the rule would have given. */
export interface Counted {
  for: DurationText;
  raise: Threshold;
  /** Each device by itself. */
  fired: number;
  /** A site's devices that are bad together are one. */
  incidents: number;
  /** Between 22 and 7 by the site's clocks. */
  night: number;
  /** Over within so short a time. */
  under2min: number;
  under10min: number;
  devices: number;
}

export interface Listed extends Omit<Firing, "overAt"> {
  device: string;
  name: string;
  site: string | null;
  night: boolean;
}

export interface BySite {
  site: string | null;
  fired: number;
  incidents: number;
  devices: number;
}

/** A device of the estate, as the counts need it. */
export interface Placed {
  id: string;
  name: string;
  site: string | null;
}

/** Counts what devices give, one after the other; those of a site must come together. Bounded, however much fires. */
export function createTally(rules: readonly Rule[]) {
  const counted = rules.map(
    (rule): Counted => ({
      ...{ for: rule.for, raise: rule.raise },
      ...{ fired: 0, incidents: 0, night: 0, under2min: 0, under10min: 0, devices: 0 },
    }),
  );
  let listed: Listed[] = [];
  const sites: BySite[] = [];
  /** Of the site that is being counted: when it was bad, for each rule. */
  let here: { site: string; bad: Firing[][] } | null = null;

  const close = (): void => {
    for (const [i, one] of counted.entries()) one.incidents += here?.bad[i]?.length ?? 0;
    const last = sites.at(-1);
    if (here && last && last.fired > 0) last.incidents += here.bad[0]?.length ?? 0;
    here = null;
  };

  return {
    device(device: Placed, firings: readonly (readonly Firing[])[], zone: Zone): void {
      // Without a site each device is an incident of its own.
      const root = device.site ?? `device ${device.id}`;
      if (here?.site !== root) {
        close();
        here = { site: root, bad: rules.map(() => []) };
        if (sites.length === 0 || sites.at(-1)?.site !== device.site)
          sites.push({ site: device.site, fired: 0, incidents: 0, devices: 0 });
      }
      for (const [i, own] of firings.entries()) {
        const into = counted[i];
        if (!into || own.length === 0) continue;
        into.devices++;
        for (const one of own) count(into, one, isNight(one.firedAt, zone));
        here.bad[i] = merged([...(here.bad[i] ?? []), ...own]);
      }
      const first = firings[0] ?? [];
      const site = sites.at(-1);
      if (site && first.length > 0) {
        site.fired += first.length;
        site.devices++;
      }
      for (const { overAt: _, ...one } of first)
        listed.push({
          ...one,
          device: device.id,
          name: device.name,
          site: device.site,
          night: isNight(one.firedAt, zone),
        });
      if (listed.length > 2 * backtestLimits.listed) listed = newest(listed);
    },
    result() {
      close();
      const fired = sites.filter((one) => one.fired > 0).sort((a, b) => b.fired - a.fired);
      const [own, ...others] = counted;
      return {
        ...(own as Counted),
        list: newest(listed),
        sites: fired.slice(0, backtestLimits.sitesListed),
        others,
      };
    },
  };
}

const newest = (listed: readonly Listed[]): Listed[] =>
  [...listed].sort((a, b) => b.firedAt - a.firedAt).slice(0, backtestLimits.listed);

function count(into: Counted, { from, to }: Firing, night: boolean): void {
  into.fired++;
  if (night) into.night++;
  const lastedMs = to === null ? Number.POSITIVE_INFINITY : to - from;
  if (lastedMs < 2 * minuteMs) into.under2min++;
  if (lastedMs < 10 * minuteMs) into.under10min++;
}

export function isNight(at: number, zone: Zone): boolean {
  const hour = Math.floor(((at + zone(at)) % (24 * hourMs)) / hourMs);
  return hour >= 22 || hour < 7;
}
