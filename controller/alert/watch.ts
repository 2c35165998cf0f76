import { isLoss } from "./incident.ts";
import type { AlertState, Place, Watched } from "./state.ts";

/** What this room needs to know of a device. */
export interface DeviceSeen {
  id: string;
  name: string;
  site: string | null;
  state: "awaiting" | "online" | "suspect" | "offline" | "sleeping" | "maintenance" | "unknown";
  since: number | null;
  lastSeenAt: number | null;
  stopped: boolean;
  boot: string | null;
  /** When that boot began, by our clock; null or absent: nobody knows. */
  bootAt?: number | null;
  firmware?: string | null;
  agent?: string | null;
  intervalMs: number;
  parents: readonly (readonly string[])[];
  /** Where its cable was last seen; null or absent: not told. */
  plug?: Plug | null;
}

/** A port of what its cable leads to. */
export interface Plug {
  port: string;
  of: string;
}

/** What presence says of a device. */
export type Presence = Pick<DeviceSeen, "state" | "since" | "lastSeenAt" | "boot"> & {
  why?: string;
  bootAt?: number | null;
  birth: { intervalMs: number; firmware?: string; agent?: string } | null;
};

/** What the registry knows of a device. `via` is one more group that it is behind. */
type Known = Pick<DeviceSeen, "id" | "name" | "site"> & { via: string | null; parents: readonly (readonly string[])[] };

/** What it showed of where it hangs. */
export interface Learnt {
  parents: readonly (readonly string[])[];
  plug: Plug | null;
}
const nothingLearnt: Learnt = { parents: [], plug: null };

/** A device of the registry with what presence says of it, and what it showed itself. */
export const deviceSeen = (device: Known, is: Presence, learnt = nothingLearnt): DeviceSeen => ({
  id: device.id,
  name: device.name,
  site: device.site,
  state: is.state,
  since: is.since,
  lastSeenAt: is.lastSeenAt,
  stopped: is.why === "stopped",
  boot: is.boot,
  bootAt: is.bootAt ?? null,
  firmware: is.birth?.firmware ?? null,
  agent: is.birth?.agent ?? null,
  intervalMs: is.birth?.intervalMs ?? 60_000,
  parents: [...device.parents, ...(device.via === null ? [] : [[device.via]]), ...learnt.parents],
  plug: learnt.plug,
});

/** In maintenance a device may be down: nobody has to look after it. Its incidents go on all the same. */
export const shownAs = (state: DeviceSeen["state"], inMaintenance: boolean): DeviceSeen["state"] =>
  inMaintenance && state === "offline" ? "maintenance" : state;

const states: Record<DeviceSeen["state"], Watched["state"]> = {
  awaiting: "unseen",
  online: "up",
  suspect: "checking",
  offline: "down",
  sleeping: "asleep",
  maintenance: "asleep",
  unknown: "unknown",
};

export const watchedOf = (device: DeviceSeen): Watched => ({
  id: device.id,
  name: device.name,
  site: device.site ?? "",
  state: states[device.state],
  since: device.since ?? 0,
  lastSeenAt: device.lastSeenAt ?? 0,
  stopped: device.stopped,
  boot: device.boot,
  bootAt: device.bootAt ?? null,
  intervalMs: device.intervalMs,
  parents: device.parents,
  plug: device.plug ?? null,
});

const samePlace = (a: Place | undefined, b: Place): boolean =>
  a !== undefined && a.name === b.name && a.timeZone === b.timeZone && a.open === b.open;

/** Sites that are other than the decision knows them. */
export function placesChanged(known: AlertState["places"], places: readonly Place[]): [string, Place | null][] {
  const now = new Set(places.map(({ id }) => id));
  const gone = [...known.keys()].filter((id) => !now.has(id));
  const other = places.filter((place) => !samePlace(known.get(place.id), place));
  return [...gone.map((id): [string, null] => [id, null]), ...other.map((place): [string, Place] => [place.id, place])];
}

/** Devices that are down in an open incident although they seem to be there: after `kill -9`, what was saved of them may
 *  be older than their loss, and then nothing but their next word is news. */
export function doubted(state: AlertState): string[] {
  return [...state.incidents.values()].flatMap(({ rule, members }) =>
    [...(isLoss(rule) ? members.values() : [])]
      .filter(({ device, state: is }) => is === "down" && state.devices.get(device)?.state === "up")
      .map(({ device }) => device),
  );
}
