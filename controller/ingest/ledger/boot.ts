import type { HeldRange } from "#wire";

/** Sequences in a row that are stored or quarantined. `before` and `after`: points made in the boot before `from`, and
 *  up to and with `to`; so the points between two ranges are known without a word about them. */
export interface Settled {
  from: number;
  to: number;
  before: number;
  after: number;
  /** When its first and its last batch were made, by the device's clock; null where it didn't know, absent in ledgers
   *  of older programs. */
  fromAt?: number | null;
  toAt?: number | null;
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
  /** Which hardware made it, where a birth said so; and whether other hardware came after it. */
  serial?: string;
  replaced?: boolean;
  /** When it began, by our clock: from a birth of it. */
  beganAt?: number;
  firstAt: number;
  lastAt: number;
}

export const ledgerLimits = {
  /** Boots of a device that are kept one by one: of the oldest that is over only the sums stay. While none is over, what
   *  a further boot sends is forgotten until the next birth says which are. */
  bootsPerDevice: 300,
  /** Gaps that all boots of a device may have: with more than a hundred boots each has its share. */
  rangesPerDevice: 204_800,
  /** Gaps of a boot that are kept apart. A batch that would open one more is forgotten until older ones have filled. */
  rangesPerBoot: 2048,
  /** Dropped sequences of a boot that are remembered; what is told beyond shows as missing. */
  droppedPerBoot: 65_536,
  /** Stretches of them that are kept apart, before it is the same. */
  droppedRangesPerBoot: 4096,
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

/** Would this batch need a range more than is kept? One that is settled never does: it earns its `delivered` again. */
export const isFull = (ledger: BootLedger, seq: number, most = ledgerLimits.rangesPerBoot): boolean => {
  if (ledger.settled.length < most || isSettled(ledger, seq)) return false;
  const at = indexAt(ledger.settled, seq);
  return ledger.settled[at]?.to !== seq - 1 && ledger.settled[at + 1]?.from !== seq + 1;
};

export interface SettledBatch {
  seq: number;
  /** Points made in the boot up to and with this batch. */
  total: number;
  stored: number;
  quarantined: number;
  /** By the device's clock; null: it didn't know. */
  madeAt?: number | null;
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
  const { seq, total, madeAt = null } = batch;
  const range: Settled = { from: seq, to: seq, before: total - points, after: total, fromAt: madeAt, toAt: madeAt };
  // Totals that don't meet come from a device that miscounts: kept apart, so that the points stay what they were. At the
  // bound they are joined all the same: then only the points of its gaps are a guess.
  const full = settled.length >= ledgerLimits.rangesPerBoot;
  const joinsLeft = left !== undefined && left.to === batch.seq - 1 && (full || left.after === range.before);
  const joinsRight = right !== undefined && right.from === batch.seq + 1 && (full || right.before === range.after);
  if (joinsLeft) {
    range.from = left.from;
    range.before = left.before;
    range.fromAt = left.fromAt ?? null;
  }
  if (joinsRight) {
    range.to = right.to;
    range.after = right.after;
    range.toAt = right.toAt ?? null;
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
  const known = ledger.dropped.reduce((n, d) => n + d.points.length, 0);
  const room = ledger.dropped.length < ledgerLimits.droppedRangesPerBoot ? ledgerLimits.droppedPerBoot - known : 0;
  for (const [index, points] of told.points.slice(0, Math.max(0, room)).entries()) {
    const seq = told.from + index;
    if (isSettled(ledger, seq) || isDropped(ledger, seq)) open = null;
    else if (open) {
      open.to = seq;
      open.points.push(points);
    } else {
      open = { from: seq, to: seq, points: [points], before, why: told.why };
      add.push(open);
    }
    if (before !== null) before += points;
  }
  ledger.dropped = joined([...ledger.dropped, ...add].sort((a, b) => a.from - b.from));
}

/** A device that makes room drops file by file: one range of them all. */
function joined(ranges: readonly Dropped[]): Dropped[] {
  const apart: Dropped[] = [];
  for (const range of ranges) {
    const last = apart.at(-1);
    const follows = last !== undefined && last.to === range.from - 1 && last.why === range.why;
    if (follows && (range.before === null || range.before === afterOf(last))) {
      last.to = range.to;
      for (const points of range.points) last.points.push(points);
    } else apart.push(range);
  }
  return apart;
}

const afterOf = ({ before, points }: Dropped): number | null =>
  before === null ? null : points.reduce((n, p) => n + p, before);

function isDropped(ledger: BootLedger, seq: number): boolean {
  const range = ledger.dropped[indexAt(ledger.dropped, seq)];
  return range !== undefined && seq <= range.to;
}

/** After an unclean end. Said once, or the same again; what says more stays, whatever comes first. */
export function loseTail(ledger: BootLedger, lost: NonNullable<BootLedger["tailLost"]>): void {
  const known = ledger.tailLost;
  if (!known || known.afterSeq < lost.afterSeq) ledger.tailLost = lost;
  else if (known.afterSeq === lost.afterSeq && known.atMostMs < lost.atMostMs) ledger.tailLost = lost;
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
  ledger.stated = { seq, total, held: inOrder(said.held) };
  ledger.lastAt = now;
}

/** Sorted and without overlap: what a device says twice is on it once. */
function inOrder<One extends { from: number; to: number }>(ranges: readonly One[]): One[] {
  const apart: One[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from))
    if (range.from <= range.to && range.from > (apart.at(-1)?.to ?? 0)) apart.push(range);
  return apart;
}
