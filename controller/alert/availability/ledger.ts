import type { Cancel, Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import { turn } from "../../base/turn.ts";
import type { Records } from "../../store/records/index.ts";
import type { AlertState } from "../state.ts";
import { type DeviceSeen, watchedOf } from "../watch.ts";
import { brokenPlaces } from "./check.ts";
import { type AvailabilityLimits, availabilityLimits, type Interval, type Open } from "./interval.ts";
import { type Change, type Make, noticed } from "./notice.ts";
import { type Muted, seenOf, standings } from "./observe.ts";
import { loadOpen, prune, writePending } from "./records.ts";
import { type LedgerEvent, reduce } from "./reduce.ts";
import { reviseLate } from "./revise.ts";

export interface LedgerNeeds {
  clock: Clock;
  log: Log;
  records: Records;
  limits?: Partial<AvailabilityLimits>;
  /** Ids of all, and one as it is now; undefined: removed. */
  devices(): Iterable<string>;
  device(id: string): DeviceSeen | undefined;
  /** A planned window over it now. */
  muted(device: string, now: number): Muted;
  /** What these incidents say of their cause is more than before. */
  explained(incidents: readonly string[]): void;
}

/** Keeps how every device was. Told by each turn of the alerts; written every few seconds, all that was seen up to one
 *  moment together: after `kill -9` only what lies between that moment and the next start is unknown. */
export function createLedger(needs: LedgerNeeds) {
  const { clock, log, records } = needs;
  const limits: AvailabilityLimits = { ...availabilityLimits, ...needs.limits };
  let open = new Map<string, Open>();
  let over: Interval[] = [];
  const makes = new Map<string, Make>();
  let changes: Change[] = [];
  let dirty = new Set<string>();
  let incidents: AlertState["incidents"] = new Map();
  /** The last look; null: not loaded. */
  let seenAt: number | null = null;
  /** When each was done last. */
  // A start has other things to do than to check.
  const done = { revise: 0, prune: 0, check: clock.now() - limits.checkMs + limits.pruneMs };
  let working: Promise<void> | null = null;
  let cancels: Cancel[] = [];

  function take(device: string, event: LedgerEvent, now: number): void {
    const was = open.get(device) ?? null;
    const next = reduce(device, was, event, now);
    if (next.is === was) return;
    if (next.over) over.push(next.over);
    if (next.is) open.set(device, next.is);
    else open.delete(device);
    dirty.add(device);
  }

  function look(devices: Iterable<string>, now: number): void {
    const standing = standings(incidents);
    for (const id of devices) {
      const is = needs.device(id);
      if (!is) {
        makes.delete(id);
        take(id, { kind: "removed" }, now);
        continue;
      }
      take(id, { kind: "seen", is: seenOf(watchedOf(is), standing.get(id), needs.muted(id, now), now) }, now);
      notice(id, is, now);
    }
  }

  function notice(id: string, { boot, bootAt = null, firmware = null, agent = null }: DeviceSeen, now: number): void {
    const was = makes.get(id);
    if (was?.boot === boot && was.firmware === firmware && was.agent === agent) return;
    const is = { boot, bootAt, firmware, agent };
    changes.push(...noticed(id, was, is, now));
    makes.set(id, is);
  }

  /** Time that nobody saw: this process stood, or the clock was set. Where that was set back, time stands until it has
   *  come where it was: what was seen once is not written over.
   *  @returns now, for the ledger; null: not loaded */
  function pass(now: number): number | null {
    if (seenAt === null) return null;
    if (now - seenAt > limits.lookMs) gap(seenAt, now);
    seenAt = Math.max(seenAt, now);
    return seenAt;
  }

  function gap(from: number, now: number): void {
    for (const device of [...open.keys()]) take(device, { kind: "gap", from, cause: "away" }, now);
  }

  async function load(): Promise<void> {
    const known = await loadOpen(records);
    const now = clock.now();
    [open, over, changes, dirty] = [known.open, [], [], new Set()];
    if (known.seenUntil !== null && now > known.seenUntil) gap(known.seenUntil, now);
    seenAt = Math.max(now, known.seenUntil ?? 0);
    look(new Set([...needs.devices(), ...open.keys()]), seenAt);
  }

  async function write(): Promise<void> {
    if (seenAt === null) return;
    const pending = {
      over,
      changes,
      open: new Map([...dirty].map((id) => [id, open.get(id) ?? null])),
      seenUntil: seenAt,
    };
    [over, changes, dirty] = [[], [], new Set()];
    try {
      await writePending(records, pending);
    } catch (error) {
      over = [...pending.over, ...over];
      changes = [...pending.changes, ...changes];
      for (const id of pending.open.keys()) dirty.add(id);
      // Of what could not be kept nothing is known: it begins anew from what was written.
      if (over.length > limits.rowsWaiting) seenAt = null;
      throw error;
    }
  }

  /** Whether it is time again, by a clock that may be set. */
  function isDue(what: keyof typeof done, everyMs: number): boolean {
    const now = clock.now();
    if (Math.abs(now - done[what]) < everyMs) return false;
    done[what] = now;
    return true;
  }

  async function work(): Promise<void> {
    if (seenAt === null) await load();
    const all = [...new Set([...needs.devices(), ...open.keys()])];
    for (let i = 0; i < all.length; i += limits.rowsAtOnce) {
      const at = pass(clock.now());
      if (at !== null) look(all.slice(i, i + limits.rowsAtOnce), at);
      await turn();
    }
    await write();
    const now = clock.now();
    if (isDue("revise", limits.reviseMs)) {
      const explained = await reviseLate(records, now, limits);
      if (explained.length > 0) needs.explained(explained);
    }
    if (isDue("prune", limits.pruneMs))
      await prune(records, { intervals: now - limits.keptMs, changes: now - limits.changesKeptMs });
    if (!isDue("check", limits.checkMs)) return;
    const broken = await brokenPlaces(records);
    if (broken.length > 0) log.error("availability has holes or overlaps", { places: broken.length, first: broken[0] });
  }

  const failed = (error: unknown): void => log.error("availability could not be written", { error });

  /** One at a time. */
  function settle(): Promise<void> {
    working ??= work().finally(() => {
      working = null;
    });
    return working;
  }

  return {
    async start(): Promise<void> {
      await load();
      cancels = [clock.every(limits.writeMs, () => void settle().catch(failed))];
    },
    async stop(): Promise<void> {
      for (const cancel of cancels) cancel();
      await working?.catch(failed);
      await settle().catch(failed);
    },
    /** Writes now what the clock has written every few seconds. */
    settle,
    /** After a turn of the alerts: who may be other than before. */
    turned(state: AlertState, devices: Iterable<string>, now: number): void {
      incidents = state.incidents;
      const at = pass(now);
      if (at !== null) look(devices, at);
    },
    counts: (): Record<string, number> => ({ devices: open.size, waiting: over.length }),
  };
}
export type Ledger = ReturnType<typeof createLedger>;
