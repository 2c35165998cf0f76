import { type Boot, type Entry, newBoot, remove } from "./entries.ts";
import type { Known } from "./journal.ts";
import { inRanges, type Range, rangesOf, sizeOf } from "./ranges.ts";
import { neverSent, untell } from "./recover.ts";

/** Every batch that is not delivered yet, by boot and sequence, oldest boot first; and what the journal has to learn. */
export interface Books {
  current: Boot;
  boots: Map<string, Boot>;
  /** Batches on flash that are still wanted, by segment. */
  live: Map<number, number>;
  /** Boots that have a record in a segment, wanted or not: forgotten before it is gone, they would come back with it. */
  where: Map<number, Set<string>>;
  /** What is in memory only, in the order in which it came. */
  pending: Set<Entry>;
  pendingBytes: number;
  /** All that is kept, and what of it may not simply be thrown away: it tells of a loss, or is thinned already. */
  batches: number;
  points: number;
  keepBytes: number;
  thinned: Set<Entry>;
  thinnedBytes: number;
  /** What the journal says may be sent, in this session. */
  announced: Set<Entry>;
  changed: Set<Boot>;
  over: Set<string>;
  /** The journal must be written with the next flush, not just now and then. */
  due: boolean;
}

/** Puts together what the journal and the segments say. */
export function openBooks(boot: string, known: readonly Known[], found: readonly Entry[]): Books {
  const boots = new Map<string, Boot>(known.map(({ kept: _, sent: __, ...of }) => [of.boot, of]));
  const lane = (known.at(-1)?.lane ?? -1) + 1;
  for (const entry of found) {
    // Without a journal nobody knows how it ended: not cleanly, then.
    const of = boots.get(entry.boot) ?? newBoot(entry.boot, 0);
    boots.set(entry.boot, of);
    if (inRanges(of.gone, entry.seq)) continue;
    of.entries.set(entry.seq, entry);
    if (entry.seq > of.seq) [of.seq, of.total] = [entry.seq, entry.total];
  }
  for (const { strikes = [] } of found)
    for (const { boot: name, from, to } of strikes) {
      const of = boots.get(name);
      if (of) remove(of, from, to);
    }
  for (const of of boots.values()) of.entries = new Map([...of.entries].sort(([a], [b]) => a - b));
  for (const { boot: name, kept, gone } of known) {
    const of = boots.get(name);
    if (of) of.lost = sizeOf(kept) - sizeOf(rangesOf(keptOrGone(kept, gone, of)));
  }
  untell(boots);
  neverSent(known, boots);
  // Else the journal would still say that they are kept, when the file that strikes them is gone.
  const struck = found.flatMap(({ strikes = [] }) => strikes.flatMap(({ boot: name }) => boots.get(name) ?? []));
  const current = newBoot(boot, lane % 16);
  boots.set(boot, current);
  const books: Books = {
    current,
    boots,
    live: new Map(),
    where: new Map(),
    pending: new Set(),
    pendingBytes: 0,
    batches: 0,
    points: 0,
    keepBytes: 0,
    thinned: new Set(),
    thinnedBytes: 0,
    announced: new Set(),
    changed: new Set([current, ...struck]),
    over: new Set(),
    due: true,
  };
  for (const entry of found) note(books, entry);
  for (const entry of entriesOf(books)) {
    count(books.live, entry, 1);
    tally(books, entry, 1);
  }
  return books;
}

/** Sums that would cost a walk over tens of thousands of batches each time. */
function tally(books: Books, entry: Entry, by: 1 | -1): void {
  books.batches += by;
  books.points += by * entry.points;
  if (entry.keep) books.keepBytes += by * entry.bytes;
  if (!entry.thinned) return;
  books.thinnedBytes += by * entry.bytes;
  if (by === 1) books.thinned.add(entry);
  else books.thinned.delete(entry);
}

function* keptOrGone(kept: readonly Range[], gone: readonly Range[], { entries }: Boot): Generator<number> {
  for (const [from, to] of kept)
    for (let seq = from; seq <= to; seq++) if (entries.has(seq) || inRanges(gone, seq)) yield seq;
}

function note({ where }: Books, { boot, place }: Entry): void {
  if (!place) return;
  where.set(place.segment, (where.get(place.segment) ?? new Set()).add(boot));
}

export function add(books: Books, entry: Entry): void {
  const { current } = books;
  current.entries.set(entry.seq, entry);
  current.seq = entry.seq;
  current.total = entry.total;
  books.changed.add(current);
  books.pending.add(entry);
  books.pendingBytes += entry.bytes;
  tally(books, entry, 1);
}

/** Delivered or dropped. @returns what was here of it */
export function strike(books: Books, boot: string, from: number, to: number): Entry[] {
  const of = books.boots.get(boot);
  if (!of) return [];
  const removed = remove(of, from, to);
  if (removed.length === 0) return removed;
  for (const entry of removed) {
    if (entry.place) books.due = true;
    else if (books.pending.delete(entry)) books.pendingBytes -= entry.bytes;
    count(books.live, entry, -1);
    tally(books, entry, -1);
  }
  if (of.aside.length > 0) of.aside = of.aside.filter((seq) => of.entries.has(seq));
  books.changed.add(of);
  forgetIfOver(books, of);
  return removed;
}

/** It is on flash now; its text need not be in memory. */
export function placed(books: Books, entry: Entry, place: NonNullable<Entry["place"]>): void {
  note(books, { ...entry, place });
  if (books.boots.get(entry.boot)?.entries.get(entry.seq) !== entry) return;
  entry.place = place;
  entry.text = undefined;
  entry.strikes = undefined;
  if (books.pending.delete(entry)) books.pendingBytes -= entry.bytes;
  count(books.live, entry, 1);
}

/** Back into memory, to be written again elsewhere. */
export function unplaced(books: Books, entry: Entry, text: string): void {
  count(books.live, entry, -1);
  entry.place = undefined;
  entry.text = text;
  books.pending.add(entry);
  books.pendingBytes += entry.bytes;
}

/** Ended, everything of it delivered or told, and no file could bring it back. */
export function forgetIfOver(books: Books, of: Boot): void {
  if (of === books.current || !of.ended || of.entries.size > 0 || of.lost > 0) return;
  if (of.toldBy || of.droppedBy) return;
  if ([...books.where.values()].some((boots) => boots.has(of.boot))) return;
  books.boots.delete(of.boot);
  books.changed.delete(of);
  books.over.add(of.boot);
  books.due = true;
}

/** A file is gone, and with it what could have brought boots back. */
export function segmentGone(books: Books, segment: number): void {
  const boots = books.where.get(segment) ?? [];
  books.where.delete(segment);
  books.live.delete(segment);
  for (const boot of boots) {
    const of = books.boots.get(boot);
    if (of) forgetIfOver(books, of);
  }
}

export function* entriesOf(books: Books): Generator<Entry> {
  for (const of of books.boots.values()) yield* of.entries.values();
}

function count(live: Map<number, number>, { place }: Entry, by: number): void {
  if (place) live.set(place.segment, (live.get(place.segment) ?? 0) + by);
}
