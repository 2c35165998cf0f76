import { type ClockState, type HeldRange, limits, type SequenceRange, type SpoolState } from "#wire";
import { type Range, withRange } from "./ranges.ts";

/** Where a record is on flash. */
export interface Place {
  segment: number;
  offset: number;
  length: number;
}

/** One batch that was not delivered yet. Its text is in memory until it is on flash. */
export interface Entry {
  readonly boot: string;
  readonly seq: number;
  readonly kind: "telemetry" | "event";
  readonly points: number;
  readonly total: number;
  /** When it was made; of a thinned one, when the newest of what is in it was measured. */
  readonly at: number;
  readonly clock: ClockState;
  readonly bytes: number;
  readonly keep: boolean;
  readonly thinned: boolean;
  text: string | undefined;
  place: Place | undefined;
  /** Found on flash, it takes these off the books: it holds what they held, and the power was cut before they went. */
  strikes: readonly SequenceRange[] | undefined;
  everSent: boolean;
  /** An earlier run may have sent it: the controller may have it, so nothing else may ever stand for it. */
  sentBefore: boolean;
  /** The journal says that this run may have sent it (see `announce`). */
  announced: boolean;
}

/** A batch that tells of a loss. */
export type Telling = readonly [boot: string, seq: number];

/** What is known of one boot; what of it has to outlive the boot is in the journal. */
export interface Boot {
  readonly boot: string;
  /** Of the clock (see link/clock.ts). */
  lane: number;
  /** Added to the `at` of batches made while the time was unknown; absent: never learnt. */
  offset?: number | undefined;
  /** Newest sequence made and points made with it. */
  seq: number;
  total: number;
  /** Delivered or dropped. */
  gone: Range[];
  /** Set aside: the server hangs up on them. */
  aside: number[];
  /** It ended cleanly, or its unclean end was told. */
  ended: boolean;
  /** What told of its unclean end, and the newest that told of what was dropped of it; absent: nothing, or delivered.
   *  Where flash lost it, it has to be told again. */
  toldBy?: Telling | undefined;
  droppedBy?: Telling | undefined;
  /** How long its oldest batch was in memory only, where that is more than the flush period. */
  unflushedMs?: number | undefined;
  /** Batches that the journal knows to be on flash and that were not found there. */
  lost: number;
  /** By sequence, ascending. */
  entries: Map<number, Entry>;
}

export const newBoot = (boot: string, lane: number): Boot => ({
  boot,
  lane,
  seq: 0,
  total: 0,
  gone: [],
  aside: [],
  ended: false,
  lost: 0,
  entries: new Map(),
});

/** May the controller have it? */
export const mayBeSent = ({ everSent, sentBefore, announced }: Entry): boolean => everSent || sentBefore || announced;

/** Takes a batch off the books, as delivered or dropped. */
export function remove(boot: Boot, from: number, to: number): Entry[] {
  const removed: Entry[] = [];
  // A hostile `to` must not make us count to 2^53.
  const last = Math.min(to, boot.seq);
  if (last - from + 1 > boot.entries.size) {
    for (const entry of boot.entries.values()) if (entry.seq >= from && entry.seq <= last) removed.push(entry);
  } else {
    for (let seq = from; seq <= last; seq++) {
      const entry = boot.entries.get(seq);
      if (entry) removed.push(entry);
    }
  }
  for (const entry of removed) boot.entries.delete(entry.seq);
  boot.gone = withRange(boot.gone, from, last);
  return removed;
}

/** Earlier boots that have something here, or lost it here: a boot that is not listed is over for the ledger. */
export function unfinished(boots: Iterable<Boot>, current: string): { boot: string; lastSeq: number; total: number }[] {
  return listed(boots, current).map((b) => ({ boot: b.boot, lastSeq: b.seq, total: b.total }));
}

/** Over the limit the newest wait: sending goes oldest first, so that the oldest are over first and then make room. */
const listed = (boots: Iterable<Boot>, current: string): Boot[] =>
  [...boots].filter((b) => b.boot !== current && (b.entries.size > 0 || b.lost > 0)).slice(0, limits.unfinishedBoots);

/** For birth and heartbeat. Only truly contiguous sequences are merged, so a range never claims what is not here. */
export function stateOf(boots: ReadonlyMap<string, Boot>, current: string): SpoolState {
  const ranges: Required<HeldRange>[] = [];
  let batches = 0;
  let points = 0;
  let bytes = 0;
  for (const { boot, entries } of boots.values()) {
    let open: Required<HeldRange> | undefined;
    for (const entry of entries.values()) {
      batches++;
      points += entry.points;
      bytes += entry.bytes;
      if (open?.to === entry.seq - 1) {
        open.to = entry.seq;
        open.points += entry.points;
      } else {
        open = { boot, from: entry.seq, to: entry.seq, points: entry.points, before: entry.total - entry.points };
        ranges.push(open);
      }
    }
  }
  if (ranges.length <= limits.heldRanges) return { batches, points, bytes, held: ranges };
  const named = new Set([current, ...listed(boots.values(), current).map((b) => b.boot)]);
  return { batches, points, bytes, held: mostPoints(ranges, named) };
}

/** What is not listed counts as missing until a later heartbeat has room for it, so the least is left out. Of a boot that
 *  a birth has no room for, nothing is believed to be here: those go last. */
function mostPoints(ranges: Required<HeldRange>[], named: ReadonlySet<string>): HeldRange[] {
  const worth = ({ boot, points }: Required<HeldRange>): number => (named.has(boot) ? points : points - 1e15);
  const kept = new Set([...ranges].sort((a, b) => worth(b) - worth(a)).slice(0, limits.heldRanges));
  return ranges.filter((r) => kept.has(r));
}
