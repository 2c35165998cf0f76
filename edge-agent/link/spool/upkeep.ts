import { reason } from "../../log.ts";
import { type Books, entriesOf, placed, segmentGone, strike, unplaced } from "./books.ts";
import { asRuns, type Dropped } from "./drops.ts";
import type { Entry } from "./entries.ts";
import type { Segments } from "./segments.ts";

/** Batches that wait for flash while it can't be written. */
export const mostPendingBytes = 2 * 1024 * 1024;

const isPending = (entry: Entry): entry is Entry & { text: string } => !entry.place && entry.text !== undefined;

/** Writes what is in memory only. @returns bytes written */
export async function writePending(books: Books, segments: Segments): Promise<number> {
  const pending = [...entriesOf(books)].filter(isPending);
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

/** Drops what is older than the controller would take. */
export function dropOld(books: Books, before: number, inFlight: (entry: Entry) => boolean): Dropped[] {
  const old: Entry[] = [];
  for (const of of books.boots.values()) {
    for (const entry of of.entries.values()) {
      // A boot that never learnt the time: nobody knows how old it is, only how large.
      if (entry.clock === "unknown" && of.offset === undefined) break;
      if (entry.at + (entry.clock === "unknown" ? (of.offset ?? 0) : 0) >= before) break;
      if (!inFlight(entry)) old.push(entry);
    }
  }
  for (const entry of old) strike(books, entry.boot, entry.seq, entry.seq);
  return asRuns(old, "age");
}

/** Drops the oldest file at a time until the spool fits; what of it was sent before, or tells of a loss, is moved to a
 *  new file instead. @returns bytes written */
export async function dropFull(
  books: Books,
  segments: Segments,
  maxBytes: number,
  tell: (runs: Dropped[]) => void,
): Promise<number> {
  let written = 0;
  for (const segment of segments.numbers()) {
    if (segments.bytes() + books.pendingBytes <= maxBytes) break;
    const dropped: Entry[] = [];
    const held = [...entriesOf(books)].filter((entry) => entry.place?.segment === segment);
    for (const entry of held) {
      if (!entry.everSent && !entry.keep) {
        strike(books, entry.boot, entry.seq, entry.seq);
        dropped.push(entry);
        continue;
      }
      const text = entry.place && (await segments.read(entry.place));
      if (text !== undefined) unplaced(books, entry, text);
    }
    tell(asRuns(dropped, "full"));
    written += await writePending(books, segments);
    await segments.remove(segment);
    segmentGone(books, segment);
  }
  return written;
}

/** Flash can't be written: memory has a bound as well. */
export function dropPending(books: Books): Dropped[] {
  const dropped: Entry[] = [];
  for (const entry of [...entriesOf(books)].filter(isPending)) {
    if (books.pendingBytes <= mostPendingBytes) break;
    if (entry.everSent || entry.keep) continue;
    strike(books, entry.boot, entry.seq, entry.seq);
    dropped.push(entry);
  }
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
