import { reason } from "../../log.ts";
import { type Books, placed, segmentGone, strike } from "./books.ts";
import { asRuns, type Dropped } from "./drops.ts";
import type { Boot, Entry } from "./entries.ts";
import type { Segments } from "./segments.ts";
import { toldOf } from "./tellings.ts";

/** Batches that wait for flash while it can't be written. */
export const mostPendingBytes = 2 * 1024 * 1024;
/** Then they are dropped down to this: each time is told, and what tells takes room as well. */
export const leftPendingBytes = 1.5 * 1024 * 1024;
/** Of what waits for flash, what tells of losses may take this; then the oldest of it goes too. */
export const mostPendingKeepBytes = 512 * 1024;

const isPending = (entry: Entry): entry is Entry & { text: string } => !entry.place && entry.text !== undefined;

/** Writes what is in memory only. @returns bytes written */
export async function writePending(books: Books, segments: Segments): Promise<number> {
  const pending = [...books.pending].filter(isPending);
  if (pending.length === 0) return 0;
  const places = await segments.append(pending);
  let bytes = 0;
  for (const [i, entry] of pending.entries()) {
    const place = places[i];
    if (!place) continue;
    placed(books, entry, place);
    bytes += place.length;
  }
  books.due = true;
  return bytes;
}

/** When it was made, as far as anybody knows. */
function madeAt(of: Boot, entry: Entry): number | undefined {
  if (entry.clock !== "unknown") return entry.at;
  // A boot that never learnt the time: nobody knows how old it is, only how large.
  return of.offset === undefined ? undefined : entry.at + of.offset;
}

/** Drops what is older than the controller would take. What tells of a loss is not a measurement: it stays. */
export function dropOld(books: Books, before: number, inFlight: (entry: Entry) => boolean): Dropped[] {
  const old: Entry[] = [];
  const isOld = (of: Boot, entry: Entry): boolean => (madeAt(of, entry) ?? Number.POSITIVE_INFINITY) < before;
  for (const of of books.boots.values()) {
    for (const entry of of.entries.values()) {
      // Thinned ones hold what is older than their place in the sequence says.
      if (entry.thinned) continue;
      if (!isOld(of, entry)) break;
      if (!inFlight(entry) && !entry.keep) old.push(entry);
    }
  }
  for (const entry of books.thinned) {
    const of = books.boots.get(entry.boot);
    if (of && isOld(of, entry) && !inFlight(entry)) old.push(entry);
  }
  for (const entry of old) strike(books, entry.boot, entry.seq, entry.seq);
  return asRuns(old, "age");
}

/** Flash can't be written: memory has a bound as well. */
export function dropPending(books: Books): Dropped[] {
  if (books.pendingBytes <= mostPendingBytes) return [];
  const dropped: Entry[] = [];
  const drop = (entry: Entry): void => {
    strike(books, entry.boot, entry.seq, entry.seq);
    dropped.push(entry);
  };
  const pending = [...books.pending].filter((entry) => isPending(entry) && !entry.everSent);
  for (const entry of pending) if (!entry.keep && books.pendingBytes > leftPendingBytes) drop(entry);
  let keepBytes = pending.reduce((sum, { keep, bytes }) => sum + (keep ? bytes : 0), 0);
  for (const entry of pending) {
    if (keepBytes <= mostPendingKeepBytes) break;
    if (!entry.keep) continue;
    keepBytes -= entry.bytes;
    drop(entry);
  }
  toldOf(books, dropped);
  return asRuns(dropped, "full");
}

/** Files in which nothing is wanted any more. A file that can't be removed is tried again next time. */
export async function removeDead(books: Books, segments: Segments, warn: (line: string) => void): Promise<void> {
  for (const segment of segments.numbers()) {
    if ((books.live.get(segment) ?? 0) > 0) continue;
    try {
      await segments.remove(segment);
      segmentGone(books, segment);
    } catch (error) {
      warn(`spool: ${reason(error)}`);
    }
  }
}
