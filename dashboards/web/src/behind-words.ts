import type { Device, DeviceTopology } from "./api.ts";
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

/** "At port 7 of sw-1, seen at 14:02." What hangs on the device itself is left out. */
export function cableSentence({ cables }: Pick<DeviceTopology, "cables">, now: number, zone?: string): string {
  const leading = cables.find(({ uplink }) => uplink === true) ?? cables.find(({ uplink }) => uplink === null);
  if (!leading) return "";
  const of = leading.systemName ?? leading.chassis ?? "something without a name";
  const where = leading.port === null ? `At ${of}` : `At port ${leading.port} of ${of}`;
  return `${where}, seen at ${clockTime(leading.at, now, zone)}.`;
}

type Learnt = DeviceTopology["learnt"][number];
const means: Record<Learnt["standing"], string> = {
  holds: "while that is lost, this device is not told of by itself",
  counting: "not yet seen often enough to count",
  declared: "as declared",
  overruled: "not counted, since something else is declared",
  dismissed: "not counted: somebody said that it is wrong",
  circular: "not counted, since that is behind this device",
};

/** "Seems to be behind Footbridge (port lan2): while that is lost, …" */
export function learntSentence({ name, how, port, seen, needed, standing }: Learnt): string {
  const where = how === "gateway" ? " (its gateway)" : port === null ? "" : ` (port ${port})`;
  const often = standing === "counting" ? ` (${seen} of ${needed} times)` : "";
  return `Seen behind ${name}${where}: ${means[standing]}${often}.`;
}

/** "In maintenance until 16:00: new switch. Nobody is told of it, and this time does not count." */
export function maintenanceSentence(window: Device["maintenance"], now: number, zone?: string): string {
  if (window === null || window.until <= now) return "";
  const { until, why, sla } = window;
  const counts = sla === "exclude" ? "this time says nothing of its availability" : "this time counts like any other";
  return `In maintenance until ${clockTime(until, now, zone)}: ${why}. Nobody is told while it lasts, and ${counts}.`;
}
