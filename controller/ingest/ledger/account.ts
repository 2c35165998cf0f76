import type { BootDelivery } from "../delivery.ts";
import type { BootLedger, Dropped, Settled } from "./boot.ts";

interface Piece {
  from: number;
  to: number;
  points: number | null;
}

/** Where every point of a boot is (DESIGN §5): made = stored + quarantined + dropped + onDevice + missing. */
export function account(boot: string, ledger: BootLedger, current: boolean): BootDelivery {
  const last = ledger.settled.at(-1);
  const upTo = ledger.stated?.seq ?? (ledger.over ? (last?.to ?? 0) : 0);
  const total = ledger.stated?.total ?? (ledger.over ? (last?.after ?? 0) : 0);
  const made = total + settledBeyond(ledger.settled, upTo, total);

  const pointsIn = cumulative(ledger, upTo, total);
  const dropped = ledger.dropped;
  const unsettled = complement(ledger.settled, 1, upTo);
  const undropped = subtract(unsettled, dropped);
  const held = ledger.over ? [] : (ledger.stated?.held ?? []);
  const heldPieces = intersect(undropped, held).map((piece) => ({
    ...piece,
    points: pointsIn(piece) ?? whole(piece, held),
  }));
  const gaps = subtract(undropped, held).map((piece) => ({ ...piece, points: pointsIn(piece) }));

  const droppedPoints = dropped.filter((d) => d.from <= upTo).reduce((n, d) => n + pointsOf(d), 0);
  const onDevice = sum(heldPieces);
  const known = sum(gaps);
  // One gap whose edges nobody named is what is left over; sequences, not this sum, decide that something is missing.
  const remainder = made - ledger.stored - ledger.quarantined - droppedPoints - onDevice;
  const missing = gaps.some((g) => g.points === null) ? Math.max(known, remainder) : known;
  const unnamed = gaps.filter((g) => g.points === null);
  if (unnamed.length === 1 && unnamed[0]) unnamed[0].points = Math.max(0, missing - known);

  return {
    boot,
    current,
    firstAt: ledger.firstAt,
    lastAt: ledger.lastAt,
    made,
    stored: ledger.stored,
    duplicates: ledger.duplicates,
    quarantined: ledger.quarantined,
    dropped: droppedPoints,
    onDevice,
    missing,
    gaps: gaps.map((gap) => ({ ...gap, why: "unknown" })),
    ...(ledger.tailLost ? { tailLost: ledger.tailLost } : {}),
  };
}

/** Points of settled batches after the device's last word on how far it is. */
function settledBeyond(settled: readonly Settled[], upTo: number, total: number): number {
  let points = 0;
  for (const range of settled) {
    if (range.from > upTo) points += range.after - range.before;
    else if (range.to > upTo) points += range.after - total;
  }
  return points;
}

/** How many points a piece holds, from the totals known at its two edges; null where one is not known. */
function cumulative(
  ledger: BootLedger,
  upTo: number,
  total: number,
): (piece: { from: number; to: number }) => number | null {
  const at = new Map<number, number>([
    [0, 0],
    [upTo, total],
  ]);
  for (const held of ledger.stated?.held ?? []) {
    if (held.before === undefined) continue;
    at.set(held.from - 1, held.before);
    at.set(held.to, held.before + held.points);
  }
  for (const dropped of ledger.dropped) {
    if (dropped.before === null) continue;
    at.set(dropped.from - 1, dropped.before);
    at.set(dropped.to, dropped.before + pointsOf(dropped));
  }
  for (const range of ledger.settled) {
    at.set(range.from - 1, range.before);
    at.set(range.to, range.after);
  }
  return (piece) => {
    const before = at.get(piece.from - 1);
    const after = at.get(piece.to);
    return before === undefined || after === undefined ? null : Math.max(0, after - before);
  };
}

const whole = (piece: Piece, held: readonly { from: number; to: number; points: number }[]): number =>
  held.find((h) => h.from <= piece.from && piece.to <= h.to)?.points ?? 0;

const pointsOf = (dropped: Dropped): number => dropped.points.reduce((n, p) => n + p, 0);
const sum = (pieces: readonly { points: number | null }[]): number => pieces.reduce((n, p) => n + (p.points ?? 0), 0);

type Range = { from: number; to: number };

/** What of [from, to] is in none of `ranges` (in order). */
function complement(ranges: readonly Range[], from: number, to: number): Piece[] {
  return subtract(from <= to ? [{ from, to, points: null }] : [], ranges);
}

function subtract(pieces: readonly Piece[], ranges: readonly Range[]): Piece[] {
  const left: Piece[] = [];
  for (const piece of pieces) {
    let from = piece.from;
    for (const range of ranges) {
      if (range.to < from) continue;
      if (range.from > piece.to) break;
      if (range.from > from) left.push({ from, to: range.from - 1, points: null });
      from = range.to + 1;
    }
    if (from <= piece.to) left.push({ from, to: piece.to, points: null });
  }
  return left;
}

function intersect(pieces: readonly Piece[], ranges: readonly Range[]): Piece[] {
  const both: Piece[] = [];
  for (const piece of pieces) {
    for (const range of ranges) {
      const from = Math.max(piece.from, range.from);
      const to = Math.min(piece.to, range.to);
      if (from <= to) both.push({ from, to, points: null });
    }
  }
  return both;
}
