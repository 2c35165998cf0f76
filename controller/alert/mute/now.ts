import { fitsOf, type Subject } from "../rules/compile.ts";
import type { Mute } from "./hold.ts";
import { muteLimits } from "./limits.ts";
import type { MuteEntry } from "./records.ts";
import type { Selector } from "./schema.ts";
import { spansOf } from "./standing.ts";

/** A device as silences and maintenance windows see it. */
export interface Place {
  id: string;
  site: string | null;
  kind: string;
  tags: readonly string[];
  profile: string | null;
  /** The device that it is reached through. */
  via: string | null;
  /** Groups of devices that it is behind: out of reach when all of one group are. */
  parents: readonly (readonly string[])[];
}

export interface Fleet {
  devices(): readonly Place[];
  device(id: string): Place | undefined;
}

const subjectOf = (place: Place): Subject => ({ ...place, site: place.site ?? "" });

/** The devices that a selector means, and those that are behind them: what is done to a gateway is done to all that is
 *  reached through it. null: no device is named. */
export function devicesOf({ scope }: Selector, fleet: Fleet): Set<string> | null {
  if (!Object.values(scope).some((list) => list !== undefined && list.length > 0)) return null;
  const fits = fitsOf(scope);
  /** Those that were looked at; while one is, it is not: a circle ends. */
  const known = new Map<string, boolean>();
  const isMeant = (place: Place, depth: number): boolean => {
    const before = known.get(place.id);
    if (before !== undefined) return before;
    known.set(place.id, false);
    const meant =
      fits(subjectOf(place)) ||
      (depth < muteLimits.depth &&
        groupsOf(place).some((group) => group.length > 0 && group.every((id) => isThere(id, depth + 1))));
    known.set(place.id, meant);
    return meant;
  };
  const isThere = (id: string, depth: number): boolean => {
    const place = fleet.device(id);
    return place !== undefined && isMeant(place, depth);
  };
  return new Set(fleet.devices().flatMap((place) => (isMeant(place, 0) ? [place.id] : [])));
}

const groupsOf = ({ via, parents }: Place): readonly (readonly string[])[] =>
  via === null ? parents : [...parents, [via]];

/** What holds notices back at `now`, and until when that stays as it is. */
export function mutesAt(
  entries: Iterable<MuteEntry>,
  fleet: Fleet,
  { now, settleMs }: { now: number; settleMs: number },
): { mutes: Mute[]; until: number } {
  const mutes: Mute[] = [];
  let until = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    // Of what is over, too, until all has settled; and the one that comes next.
    const spans = spansOf(entry, now - settleMs, spansLooked);
    const begun = spans.filter(({ from }) => from <= now);
    for (const { from, to } of spans) until = Math.min(until, from > now ? from : to > now ? to : to + settleMs);
    if (begun.length === 0) continue;
    const devices = devicesOf(entry, fleet);
    const rules = entry.rules.length === 0 ? null : new Set(entry.rules);
    const { id, kind: by, why, madeBy } = entry;
    for (const { to } of begun) mutes.push({ id, by, who: madeBy.name, why, until: to, devices, rules });
  }
  return { mutes, until };
}

/** One that ends, one that holds, one that comes. */
const spansLooked = 4;
