import type { Clock } from "../base/clock.ts";
import { type Zone, zoneOf } from "../base/zone.ts";
import type { RolloutSettings } from "./schema.ts";
import type { Facts } from "./state.ts";
import { isWithin } from "./window.ts";

/** What the registry knows of a device. */
export interface Place {
  id: string;
  kind: string;
  site: string | null;
  tags: readonly string[];
  location: { lat: number; lon: number } | null;
}

export interface FactNeeds {
  clock: Pick<Clock, "now">;
  device(id: string): Place | undefined;
  devices(): readonly Place[];
  /** Of a site. */
  timeZoneOf(site: string): string;
  isAway(device: string): boolean;
  /** Devices of people that are usually on at this hour; null: not known. */
  usuallyOn(device: string): number | null;
}

/** Access points with a tag that begins like this and is the same are declared to cover the same place. */
export const overlapTag = "overlap:";
const earthMetres = 6_371_000;

export function createFacts(needs: FactNeeds) {
  const zones = new Map<string, Zone>();
  const zoneAt = (site: string | null): Zone => {
    const name = site === null ? "UTC" : needs.timeZoneOf(site);
    const zone = zones.get(name) ?? zoneOf(name);
    zones.set(name, zone);
    return zone;
  };

  /** As things are now: for one decision. */
  return (settings: RolloutSettings): Facts => {
    let points: Place[] | null = null;
    const accessPoints = (): Place[] => {
      points ??= needs.devices().filter(({ kind }) => kind === "access-point");
      return points;
    };
    const { window, busyAbove } = settings;
    return {
      isAway: needs.isAway,
      heldBy(id) {
        const device = needs.device(id);
        if (window && !isWithin(window, zoneAt(device?.site ?? null), needs.clock.now()))
          return `outside ${window.from} to ${window.to}`;
        const on = busyAbove === undefined ? null : needs.usuallyOn(id);
        return on !== null && busyAbove !== undefined && on > busyAbove
          ? `${Math.round(on)} devices are usually on now`
          : null;
      },
      apartFrom(id) {
        const device = needs.device(id);
        if (settings.apart === "none" || device?.kind !== "access-point") return [];
        return accessPoints().flatMap((other) => (other.id !== id && overlap(device, other, settings) ? other.id : []));
      },
    };
  };
}

/** Do they cover the same place, as far as is known? Declared by a tag; else by their site, or by how near they are. */
export function overlap(a: Place, b: Place, { apart, apartMetres }: RolloutSettings): boolean {
  if (a.tags.some((tag) => tag.startsWith(overlapTag) && b.tags.includes(tag))) return true;
  if (apart === "site") return a.site !== null && a.site === b.site;
  return a.location !== null && b.location !== null && metresBetween(a.location, b.location) <= apartMetres;
}

/** Over a flat piece of the sphere: right to a metre within a town. */
function metresBetween(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const radians = Math.PI / 180;
  const x = (b.lon - a.lon) * radians * Math.cos(((a.lat + b.lat) / 2) * radians);
  const y = (b.lat - a.lat) * radians;
  return earthMetres * Math.hypot(x, y);
}
