import { measurementOf } from "#wire";
import type { Log } from "../../base/log.ts";
import { zoneOf } from "../../base/zone.ts";
import { hourMs, type SeriesStore, StoreAway } from "../../store/series/index.ts";
import type { Subject } from "../rules/compile.ts";
import { seriesText } from "../rules/engine.ts";
import { usualLimits } from "./limits.ts";
import { hoursAlike, usualOf } from "./median.ts";
import type { Wanted } from "./wanted.ts";

export interface LoadNeeds {
  log: Log;
  series: Pick<SeriesStore, "query">;
  devices(): readonly Subject[];
  /** Of a site; "" is none. */
  timeZoneOf(site: string): string;
}

/** A counter is compared by what it rises, everything else by what it is. */
export const usualFn = (m: string, field: string): "rate" | "mean" =>
  measurementOf(m)?.fields[field]?.kind === "counter" ? "rate" : "mean";

/** Fills in what is usual in this hour, a few devices a call. @param goesOn whether anybody still wants to know */
export async function loadHour(needs: LoadNeeds, one: Wanted, hourAt: number, goesOn: () => boolean): Promise<void> {
  const devices = needs.devices().filter((device) => one.fits.some((fits) => fits(device)));
  one.table.keepOnly(new Set(devices.map(({ id }) => id)));
  const byZone = new Map<string, string[]>();
  for (const { id, site } of devices) {
    const zone = needs.timeZoneOf(site);
    byZone.set(zone, [...(byZone.get(zone) ?? []), id]);
  }
  for (const [timeZone, there] of byZone) {
    const hours = hoursAlike(hourAt, one.weeks + usualLimits.spareWeeks, zoneOf(timeZone));
    for (let i = 0; i < there.length && goesOn(); i += usualLimits.devicesPerCall) {
      const some = there.slice(i, i + usualLimits.devicesPerCall);
      for (const [device, own] of await valuesOf(needs, one, some, hours))
        for (const [text, values] of own) {
          const usual = usualOf(values, one.weeks);
          if (usual !== null) one.table.put(device, text, hourAt, usual);
        }
    }
  }
}

/** device → series → its value in each of these hours. */
async function valuesOf(
  { series, log }: LoadNeeds,
  { m, field }: Wanted,
  devices: readonly string[],
  hours: readonly (number | null)[],
): Promise<Map<string, Map<string, number[]>>> {
  const found = new Map<string, Map<string, number[]>>();
  for (const [week, from] of hours.entries()) {
    if (from === null) continue;
    const span = { from, to: from + hourMs, everyMs: hourMs, limit: usualLimits.pointsPerCall };
    const query = { devices, measurement: m, field, fn: usualFn(m, field), ...span };
    const answer = await series.query(query).catch((error: Error) => {
      if (error instanceof StoreAway) throw error;
      log.warn("what is usual cannot be asked for", { measurement: m, field, why: error.message });
      return { series: [] };
    });
    for (const { device, tags, points } of answer.series) {
      const value = points[0]?.[1];
      if (typeof value !== "number") continue;
      const own = found.get(device) ?? new Map<string, number[]>();
      const text = seriesText(tags);
      const values = own.get(text) ?? [];
      values[week] = value;
      found.set(device, own.set(text, values));
    }
  }
  return found;
}
