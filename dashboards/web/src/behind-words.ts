import type { Device } from "./api.ts";
import { clockTime } from "./words.ts";

/** What a device is behind, and the maintenance that it is in. Pure. */

/** "Behind Switch 3, and behind Router A or Router B: one of them is enough." */
export function behindSentence(
  { via, parents }: Pick<Device, "via" | "parents">,
  nameOf: (id: string) => string,
): string {
  const groups = [...(via === null ? [] : [[via]]), ...parents].filter(({ length }) => length > 0);
  if (groups.length === 0) return "";
  const words = groups.map((group) => `behind ${group.map(nameOf).join(" or ")}`).join(", and ");
  const enough = groups.some(({ length }) => length > 1) ? ": one of them is enough" : "";
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${enough}.`;
}

/** "In maintenance until 16:00: new switch. Nobody is told of it, and this time does not count." */
export function maintenanceSentence(window: Device["maintenance"], now: number, zone?: string): string {
  if (window === null || window.until <= now) return "";
  const { until, why, sla } = window;
  const counts = sla === "exclude" ? "this time says nothing of its availability" : "this time counts like any other";
  return `In maintenance until ${clockTime(until, now, zone)}: ${why}. Nobody is told while it lasts, and ${counts}.`;
}
