import type { HeldRange } from "#wire";

/** Sequences in a row that are stored or quarantined. `before` and `after`: points made in the boot before `from`, and
 *  up to and with `to`; so the points between two ranges are known without a word about them. */
export interface Settled {
  from: number;
  to: number;
  before: number;
  after: number;
}

export interface Dropped {
  from: number;
  to: number;
  /** Of each sequence: one that comes after all takes only its own points out. */
  points: number[];
  /** Points made before `from`, where the device said so. */
  before: number | null;
  why: string;
}

/** All that is known of the batches of one boot. Set union throughout: order and repeats don't matter. */
export interface BootLedger {
  /** In order, without overlap. */
  settled: Settled[];
  /** In order, without overlap, and never a sequence that is settled. */
  dropped: Dropped[];
  /** Points. */
  stored: number;
  quarantined: number;
  duplicates: number;
  /** The device's last word, in a birth or heartbeat, on how far it is and what it still has. */
  stated: { seq: number; total: number; held: Omit<HeldRange, "boot">[] } | null;
  tailLost: { afterSeq: number; atMostMs: number } | null;
  /** No more can come: it is neither the current boot nor unfinished. */
  over: boolean;
  firstAt: number;
  lastAt: number;
}

export const ledgerLimits = {
  /** Boots of a device that are kept: the oldest that is over makes room for a new one. While none is over, what a
   *  further boot sends is forgotten until the next birth says which are. */
  bootsPerDevice: 500,
  /** Gaps of a boot that are kept apart. A batch that would open one more is forgotten until older ones have filled. */
  rangesPerBoot: 2048,
  /** Dropped sequences of a boot that are remembered; what is told beyond shows as missing. */
  droppedPerBoot: 65_536,
};

export const emptyBoot = (now: number): BootLedger => ({
  settled: [],
  dropped: [],
  stored: 0,
  quarantined: 0,
  duplicates: 0,
  stated: null,
  tailLost: null,
  over: false,
  firstAt: now,
  lastAt: now,
});

/** Index of the last range that begins at or before `seq`, -1 when none does. */
function indexAt(ranges: readonly { from: number }[], seq: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as { from: number }).from <= seq) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function isSettled(ledger: BootLedger, seq: number): boolean {
  const range = ledger.settled[indexAt(ledger.settled, seq)];
  return range !== undefined && seq <= range.to;
}

/** Would this batch need a range more than is kept? */
export const isFull = (ledger: BootLedger, seq: number): boolean => {
  if (ledger.settled.length < ledgerLimits.rangesPerBoot) return false;
  const at = indexAt(ledger.settled, seq);
  return ledger.settled[at]?.to !== seq - 1 && ledger.settled[at + 1]?.from !== seq + 1;
};

export interface SettledBatch {
  seq: number;
  /** Points made in the boot up to and with this batch. */
  total: number;
  stored: number;
  quarantined: number;
}

/** One batch is where it ends up: in the store, in quarantine, or part in each. A second time it counts as duplicates.
 *  Stored beats dropped. Changes `ledger` in place: it is the hot path. */
export function settle(ledger: BootLedger, batch: SettledBatch, now: number): void {
  const points = batch.stored + batch.quarantined;
  ledger.lastAt = now;
  if (isSettled(ledger, batch.seq)) {
    ledger.duplicates += points;
    return;
  }
  ledger.stored += batch.stored;
  ledger.quarantined += batch.quarantined;
  undrop(ledger, batch.seq);
  const { settled } = ledger;
  const at = indexAt(settled, batch.seq);
  const left = settled[at];
  const right = settled[at + 1];
  const range: Settled = { from: batch.seq, to: batch.seq, before: batch.total - points, after: batch.total };
  // Totals that don't meet come from a device that miscounts: kept apart, so that the points stay what they were. At the
  // bound they are joined all the same: then only the points of its gaps are a guess.
  const full = settled.length >= ledgerLimits.rangesPerBoot;
  const joinsLeft = left !== undefined && left.to === batch.seq - 1 && (full || left.after === range.before);
  const joinsRight = right !== undefined && right.from === batch.seq + 1 && (full || right.before === range.after);
  if (joinsLeft) {
    range.from = left.from;
    range.before = left.before;
  }
  if (joinsRight) {
    range.to = right.to;
    range.after = right.after;
  }
  settled.splice(joinsLeft ? at : at + 1, (joinsLeft ? 1 : 0) + (joinsRight ? 1 : 0), range);
}

function undrop(ledger: BootLedger, seq: number): void {
  const at = indexAt(ledger.dropped, seq);
  const range = ledger.dropped[at];
  if (!range || seq > range.to) return;
  const pieces: Dropped[] = [];
  const cut = seq - range.from;
  if (range.from < seq) pieces.push({ ...range, to: seq - 1, points: range.points.slice(0, cut) });
  if (seq < range.to) pieces.push({ ...range, from: seq + 1, points: range.points.slice(cut + 1), before: null });
  ledger.dropped.splice(at, 1, ...pieces);
}

export interface DroppedBatches {
  from: number;
  /** Points of each sequence from `from` on. */
  points: readonly number[];
  before?: number | undefined;
  why: string;
}

/** The device gave these batches up and said so. What is settled or was told before is left as it is. */
export function drop(ledger: BootLedger, told: DroppedBatches): void {
  let before = told.before ?? null;
  let open: Dropped | null = null;
  const add: Dropped[] = [];
  const room = ledgerLimits.droppedPerBoot - ledger.dropped.reduce((n, d) => n + d.points.length, 0);
  for (const [index, points] of told.points.slice(0, Math.max(0, room)).entries()) {
    const seq = told.from + index;
    const known = isSettled(ledger, seq) || isDropped(ledger, seq);
    if (known) open = null;
    else if (open) {
      open.to = seq;
      open.points.push(points);
    } else {
      open = { from: seq, to: seq, points: [points], before, why: told.why };
      add.push(open);
    }
    if (before !== null) before += points;
  }
  ledger.dropped = [...ledger.dropped, ...add].sort((a, b) => a.from - b.from);
}

function isDropped(ledger: BootLedger, seq: number): boolean {
  const range = ledger.dropped[indexAt(ledger.dropped, seq)];
  return range !== undefined && seq <= range.to;
}

/** A birth or heartbeat says how far the boot is and what of it is still on the device. */
export function state(
  ledger: BootLedger,
  said: { seq: number; total: number; held: readonly Omit<HeldRange, "boot">[] },
  now: number,
): void {
  // A statement is never older than the one before it (one connection, in order); a restored device may be.
  const seq = Math.max(said.seq, ledger.stated?.seq ?? 0);
  const total = Math.max(said.total, ledger.stated?.total ?? 0);
  ledger.stated = { seq, total, held: [...said.held].sort((a, b) => a.from - b.from) };
  ledger.lastAt = now;
}
