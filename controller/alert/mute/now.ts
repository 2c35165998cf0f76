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
}

export interface Fleet {
  devices(): readonly Place[];
  device(id: string): Place | undefined;
}

const subjectOf = (place: Place): Subject => ({ ...place, site: place.site ?? "" });

/** The devices that a selector means, and those that are reached through them: what is done to a gateway is done to all
 *  behind it. null: no device is named. Pure but for the fleet. */
export function devicesOf({ scope }: Selector, fleet: Fleet): Set<string> | null {
  if (!Object.values(scope).some((list) => list !== undefined && list.length > 0)) return null;
  const fits = fitsOf(scope);
  const found = new Set<string>();
  for (const place of fleet.devices()) {
    let one: Place | undefined = place;
    for (let depth = 0; one && depth < muteLimits.viaDepth; depth++) {
      if (found.has(one.id) || fits(subjectOf(one))) {
        found.add(place.id);
        break;
      }
      one = one.via === null ? undefined : fleet.device(one.via);
    }
  }
  return found;
}

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
    const { id, kind: by, why } = entry;
    for (const { to } of begun) mutes.push({ id, by, why, until: to, devices, rules });
  }
  return { mutes, until };
}

/** One that ends, one that holds, one that comes. */
const spansLooked = 4;
