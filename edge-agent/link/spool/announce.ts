import { type Books, entriesOf } from "./books.ts";
import { type Entry, mayBeSent } from "./entries.ts";

/** What the journal says may be sent, ahead of its being sent: one line for so much of a backlog. */
export const announcedBytes = 512 * 1024;
/** A small spool must not be all doubt after a power cut. */
export const mostAnnouncedShare = 1 / 8;

/** Before a batch that is on flash is sent for the first time, the journal has to say that it may have been: else a run
 *  after a power cut could replace by 5-minute values what the controller has. What follows it is named along with it.
 *  What is not on flash yet needs no word: a batch that no line of the journal knows counts as sent. Doubt costs detail at
 *  most (a batch is dropped that could have been thinned), so it is on that side that a lost line leaves us. Where the line
 *  can't be written it is sent all the same: to deliver is what helps on a disk that fails.
 *  @returns whether the journal has to be written first */
export function announce(books: Books, entry: Entry, maxBytes: number): boolean {
  if (!entry.place || mayBeSent(entry)) return false;
  let left = Math.min(announcedBytes, maxBytes * mostAnnouncedShare);
  let reached = false;
  for (const next of entriesOf(books)) {
    reached ||= next === entry;
    if (!reached || !next.place) continue;
    next.announced = true;
    books.announced.add(next);
    left -= next.bytes;
    const of = books.boots.get(next.boot);
    if (of) books.changed.add(of);
    if (left <= 0) break;
  }
  books.due ||= reached;
  return reached;
}

/** What was named and not sent will not be, for now. @returns whether the journal has something to learn */
export function endAnnounced(books: Books): boolean {
  const unsent = [...books.announced].filter((entry) => !entry.everSent);
  books.announced.clear();
  for (const entry of unsent) {
    entry.announced = false;
    const of = books.boots.get(entry.boot);
    if (of?.entries.get(entry.seq) !== entry) continue;
    books.changed.add(of);
    books.due = true;
  }
  return books.due;
}
