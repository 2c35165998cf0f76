import type { Mute } from "./hold.ts";
import { type Fleet, mutesAt, type Place } from "./now.ts";
import type { MuteEntry } from "./records.ts";

/** What holds notices back now. Devices are matched when something begins or ends, or when one of them is other than it was:
 *  never once a turn.
 *  @param needs.live those that are not over; what is, and has settled, is taken out of it */
export function createHolding(needs: { settleMs: number; registry: Fleet; live: Map<string, MuteEntry> }) {
  const { settleMs, registry, live } = needs;
  /** The same list until something of it changes. */
  let mutes: readonly Mute[] = [];
  let holds = { from: 0, until: Number.NEGATIVE_INFINITY };
  /** The devices as they were matched: they are replaced, never changed. */
  let matched = new Map<string, Place>();
  let inMaintenance = new Map<string, Mute>();
  const watchers: ((device: string) => void)[] = [];

  function at(now: number): readonly Mute[] {
    if (now >= holds.from && now < holds.until) return mutes;
    for (const [id, { overAt }] of live) if (overAt !== null && overAt + settleMs < now) live.delete(id);
    const made = mutesAt(live.values(), registry, { now, settleMs });
    if (made.mutes.length > 0 || mutes.length > 0) mutes = made.mutes;
    matched = new Map(mutes.length > 0 ? registry.devices().map((place) => [place.id, place]) : []);
    holds = { from: now, until: made.until };
    const before = inMaintenance;
    inMaintenance = maintainedBy(mutes, now);
    for (const id of new Set([...before.keys(), ...inMaintenance.keys()]))
      if (before.has(id) !== inMaintenance.has(id)) for (const tell of watchers) tell(id);
    return mutes;
  }
  /** The next question is answered anew. */
  const look = (): void => {
    holds = { from: 0, until: Number.NEGATIVE_INFINITY };
  };

  return {
    at,
    look,
    /** Something about this device is other than before. */
    deviceChanged(id: string): void {
      if (mutes.length > 0 && matched.get(id) !== registry.device(id)) look();
    },
    maintenanceOf(device: string, now: number): Mute | null {
      at(now);
      return inMaintenance.get(device) ?? null;
    },
    /** Calls back with each device that comes into maintenance or out of it. */
    watch: (tell: (device: string) => void): void => void watchers.push(tell),
  };
}

/** Why a device may be down: whatever is said of its loss is held back. Of several the one that lasts longest. */
function maintainedBy(mutes: readonly Mute[], now: number): Map<string, Mute> {
  const found = new Map<string, Mute>();
  for (const mute of mutes) {
    const { by, until, devices, rules } = mute;
    const isLoss = rules === null || rules.has("device_down") || rules.has("site_unreachable");
    if (by !== "maintenance" || until <= now || devices === null || !isLoss) continue;
    for (const id of devices) if (until > (found.get(id)?.until ?? 0)) found.set(id, mute);
  }
  return found;
}
