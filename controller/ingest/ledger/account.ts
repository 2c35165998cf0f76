import type { BootDelivery, Gap, LossReason, Restored, Share } from "../delivery.ts";
import type { BootLedger, Dropped, Settled } from "./boot.ts";
import { complement, intersect, type Range, subtract } from "./ranges.ts";

/** Where every point of a boot is (DESIGN §5): made = stored + quarantined + dropped + onDevice + missing. All gaps are
 *  listed. Pure. */
export function account(
  boot: string,
  ledger: BootLedger,
  current: boolean,
  restores: readonly Restored[] = [],
): BootDelivery {
  const { upTo, total } = reachOf(ledger);
  const made = total + settledBeyond(ledger.settled, upTo, total) + droppedBeyond(ledger.dropped, upTo);

  const at = totalsAt(ledger, upTo, total);
  const pointsIn = ({ from, to }: Range): number | null => {
    const before = at.get(from - 1);
    const after = at.get(to);
    return before === undefined || after === undefined ? null : Math.max(0, after - before);
  };
  const undropped = subtract(complement(ledger.settled, 1, upTo), ledger.dropped);
  const held = ledger.stated?.held ?? [];
  const stillHeld = intersect(undropped, held);
  const onDevice = ledger.over ? 0 : stillHeld.reduce((n, piece) => n + (pointsIn(piece) ?? whole(piece, held)), 0);
  const gone = subtract(undropped, held);
  const pieces = [
    ...(ledger.tailLost && at.has(ledger.tailLost.afterSeq) ? cut(gone, ledger.tailLost.afterSeq) : gone),
    // What it held when it was last heard, and came back without.
    ...(ledger.over ? stillHeld : []),
  ].sort((a, b) => a.from - b.from);
  const gaps = pieces.map(
    (piece): Gap => ({ ...piece, points: pointsIn(piece), why: "unknown", ...timesOf(piece, ledger) }),
  );

  const drops = dropsOf(ledger.dropped);
  const dropped = sum(drops);
  const known = sum(gaps);
  // One gap whose edges nobody named is what is left over; sequences, not this sum, decide that something is missing.
  const remainder = made - ledger.stored - ledger.quarantined - dropped - onDevice;
  const unnamed = gaps.filter((gap) => gap.points === null);
  const missing = unnamed.length > 0 ? Math.max(known, remainder) : known;
  if (unnamed.length === 1 && unnamed[0]) unnamed[0].points = Math.max(0, missing - known);
  for (const gap of gaps) gap.why = whyOf(gap, ledger, held, restores);

  return {
    boot,
    current,
    firstAt: ledger.firstAt,
    lastAt: ledger.lastAt,
    made,
    stored: ledger.stored,
    duplicates: ledger.duplicates,
    quarantined: ledger.quarantined,
    dropped,
    onDevice,
    missing,
    drops,
    gaps,
    gapsLeft: 0,
    ...(ledger.tailLost ? { tailLost: ledger.tailLost } : {}),
  };
}

/** How far a boot came: by its own word, and by what came and was told of it once nothing more can come. */
function reachOf({ stated, settled, dropped, over }: BootLedger): { upTo: number; total: number } {
  const reach = { upTo: stated?.seq ?? 0, total: stated?.total ?? 0 };
  if (!over) return reach;
  const last = settled.at(-1);
  if (last && last.to > reach.upTo) Object.assign(reach, { upTo: last.to, total: Math.max(reach.total, last.after) });
  for (const told of dropped) {
    if (told.to <= reach.upTo) continue;
    const after = (told.before ?? reach.total) + pointsOf(told);
    Object.assign(reach, { upTo: told.to, total: Math.max(reach.total, after) });
  }
  return reach;
}

/** Points of batches that were given up after the device's last word on how far it is. */
const droppedBeyond = (dropped: readonly Dropped[], upTo: number): number =>
  dropped.reduce(
    (n, { from, to, points }) => (to > upTo ? n + added(points.slice(Math.max(0, upTo - from + 1))) : n),
    0,
  );

function whyOf(gap: Gap, ledger: BootLedger, held: readonly Range[], restores: readonly Restored[]): LossReason {
  if (ledger.tailLost && gap.from > ledger.tailLost.afterSeq) return "power";
  if (intersect([gap], held).length > 0) return ledger.replaced ? "replaced" : "wiped";
  const from = gap.fromAt ?? ledger.beganAt ?? ledger.firstAt;
  const to = gap.toAt ?? ledger.lastAt;
  return restores.some((restored) => from <= restored.to && to >= restored.from) ? "restored" : "unknown";
}

/** Between the batch before it and the one behind it. */
function timesOf(piece: Range, { settled, beganAt, over, lastAt }: BootLedger): Pick<Gap, "fromAt" | "toAt"> {
  let low = 0;
  let high = settled.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((settled[middle] as Settled).from < piece.from) low = middle + 1;
    else high = middle;
  }
  const before = settled[low - 1];
  const behind = settled[low];
  return {
    fromAt: (before ? before.toAt : beganAt) ?? null,
    toAt: (behind ? behind.fromAt : over ? lastAt : null) ?? null,
  };
}

function cut(pieces: readonly Range[], after: number): Range[] {
  return pieces.flatMap(({ from, to }) =>
    from <= after && after < to
      ? [
          { from, to: after },
          { from: after + 1, to },
        ]
      : [{ from, to }],
  );
}

/** Points of settled batches after the device's last word on how far it is. */
function settledBeyond(settled: readonly Settled[], upTo: number, total: number): number {
  let points = 0;
  for (let i = settled.length - 1; i >= 0; i--) {
    const range = settled[i] as Settled;
    if (range.to <= upTo) break;
    points += range.from > upTo ? range.after - range.before : range.after - total;
  }
  return points;
}

/** Points made up to and with a sequence, at every edge where that is known. */
function totalsAt(ledger: BootLedger, upTo: number, total: number): Map<number, number> {
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
  return at;
}

function dropsOf(dropped: readonly Dropped[]): Share<string>[] {
  const by = new Map<string, number>();
  for (const one of dropped) by.set(one.why, (by.get(one.why) ?? 0) + pointsOf(one));
  return [...by].map(([why, points]) => ({ why, points })).sort((a, b) => (a.why < b.why ? -1 : 1));
}

const whole = (piece: Range, held: readonly { from: number; to: number; points: number }[]): number =>
  held.find((h) => h.from <= piece.from && piece.to <= h.to)?.points ?? 0;

const added = (points: readonly number[]): number => points.reduce((n, p) => n + p, 0);
const pointsOf = ({ points }: Dropped): number => added(points);
const sum = (some: readonly { points: number | null }[]): number => some.reduce((n, one) => n + (one.points ?? 0), 0);
