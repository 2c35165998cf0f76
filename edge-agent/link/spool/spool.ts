import { rm } from "node:fs/promises";
import type { SpoolState } from "#wire";
import type { Batch } from "../batcher.ts";
import { withTime } from "../retime.ts";
import { announce, endAnnounced } from "./announce.ts";
import { add, entriesOf, forgetIfOver, openBooks, strike } from "./books.ts";
import { asRuns } from "./drops.ts";
import { type Boot, type Entry, stateOf, unfinished } from "./entries.ts";
import { createFlushes, type Flushes, type SpoolNeeds, type State } from "./flushes.ts";
import { openJournal } from "./journal.ts";
import { openSegments } from "./segments.ts";
import { tellDropped, tellOf, toldOf } from "./tellings.ts";
import { openUnflushed } from "./unflushed.ts";

/** Whatever is kept goes; what is in no spool any more can't be told of, so say first what it was. */
export const emptySpool = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

export type Spool = Awaited<ReturnType<typeof createSpool>>;

/** Keeps every batch until it is delivered: in memory at once, on flash within `flushMs` (DESIGN §5). The first `flush`
 *  marks the boot as begun. */
export async function createSpool(needs: SpoolNeeds) {
  const { folder, boot, settings } = needs;
  const segmentBytes = Math.min(512 * 1024, Math.max(64 * 1024, Math.floor(settings.maxBytes / 64)));
  const segments = await openSegments(folder, segmentBytes);
  const unflushed = await openUnflushed(folder, boot);
  const journal = await openJournal(folder, boot, unflushed.found);
  if (journal.anew) await unflushed.begin().catch(() => {});
  const books = openBooks(boot, journal.boots, segments.loaded.entries);
  const state: State = {
    needs,
    books,
    segments,
    journal,
    unflushed,
    pendingSince: needs.time.monotonic(),
    written: journal.writtenAtStart,
    unreadable: unreadable(segments, journal),
    markedAt: -Infinity,
    broken: false,
  };
  const unclean = [...books.boots.values()].filter((b) => b !== books.current && !b.ended);
  report(state);
  for (const of of [...books.boots.values()]) forgetIfOver(books, of);
  const flushes = createFlushes(state);

  return {
    ...access(state, flushes),
    firstLane: books.current.lane,
    /** Boots that ended without a word, or of whose end the word was lost. */
    unclean: unclean.map((of) => tailOf(of, settings.flushMs)),
    /** @param tell puts the event that tells of this one */
    tellUnclean(tell: (tail: TailLost) => void): void {
      for (const of of unclean) {
        tellOf(books, [of.boot], "toldBy", () => tell(tailOf(of, settings.flushMs)));
        of.ended = true;
        books.changed.add(of);
        books.due = true;
        forgetIfOver(books, of);
      }
      flushes.soon();
    },
    flush: flushes.now,
    /** Everything is on flash, and the boot's end is marked as clean. */
    async stop(): Promise<void> {
      books.current.ended = true;
      books.changed.add(books.current);
      books.due = true;
      await flushes.stop();
      await close(state);
    },
    /** As a power cut: what is not on flash is lost. */
    async halt(): Promise<void> {
      await flushes.halt();
      await close(state);
    },
  };
}

/** `detail` of the event `tail-lost`. */
interface TailLost {
  boot: string;
  afterSeq: number;
  atMostMs: number;
}

const tailOf = ({ boot, seq, unflushedMs = 0 }: Boot, flushMs: number): TailLost => ({
  boot,
  afterSeq: seq,
  atMostMs: Math.max(flushMs, unflushedMs),
});

function access(state: State, flushes: Flushes) {
  const { books, segments, needs } = state;
  const { settings } = needs;
  let learnt = false;
  return {
    put(batch: Batch): void {
      const { boot, seq, kind, points, total, at, clock, keep, text, thinned = false, strikes } = batch;
      const head = { boot, seq, kind, points, total, at, clock, bytes: Buffer.byteLength(text), keep, thinned };
      if (books.pending.size === 0) state.pendingSince = needs.time.monotonic();
      add(books, { ...head, text, place: undefined, strikes, everSent: false, sentBefore: false, announced: false });
      flushes.soon();
    },
    /** @returns what it was here of; empty for what was never ours. */
    delivered(boot: string, from: number, to: number): Entry[] {
      const removed = strike(books, boot, from, to);
      toldOf(books, removed);
      if (removed.some((e) => e.place)) flushes.soon();
      return removed;
    },
    entry: (boot: string, seq: number): Entry | undefined => books.boots.get(boot)?.entries.get(seq),
    /** The oldest that may be sent and that `skip` lets through. */
    oldest(skip: (entry: Entry) => boolean): Entry | undefined {
      for (const entry of entriesOf(books)) if (!waitsForTime(entry) && !skip(entry)) return entry;
      return undefined;
    },
    /** What is sent: the same bytes every time. undefined: gone or moved meanwhile, or rotten on flash and told as
     *  dropped; ask for the next one. */
    async text(entry: Entry): Promise<string | undefined> {
      if (announce(books, entry, settings.maxBytes)) await flushes.now();
      const place = entry.place;
      const text = entry.text ?? (place && (await segments.read(place)));
      if (text === undefined) {
        // While it was read it may have been delivered, or moved to another file.
        if (books.boots.get(entry.boot)?.entries.get(entry.seq) !== entry || entry.place !== place) return undefined;
        strike(books, entry.boot, entry.seq, entry.seq);
        state.unreadable++;
        tellDropped(books, asRuns([entry], "unreadable"), needs.dropped);
        return undefined;
      }
      const offset = books.boots.get(entry.boot)?.offset;
      return entry.clock === "unknown" && offset !== undefined ? withTime(text, offset) : text;
    },
    /** The session is over: nothing more is sent until the next. */
    quiet(): void {
      if (endAnnounced(books)) flushes.soon();
    },
    /** The boot has learnt the time: what was made before may be sent once that is on flash. */
    async learn(offset: number): Promise<void> {
      books.current.offset = offset;
      books.changed.add(books.current);
      books.due = true;
      await flushes.now();
      learnt = true;
    },
    lane(lane: number): void {
      books.current.lane = lane;
      books.changed.add(books.current);
      books.due = true;
      flushes.soon();
    },
    /** Whether it may be sent: not while its boot doesn't know the time. */
    maySend: (entry: Entry): boolean => !waitsForTime(entry),
    /** Of a boot among the others, the oldest first. */
    order: (boot: string): number => [...books.boots.keys()].indexOf(boot),
    allAside: () =>
      [...books.boots.values()].flatMap((b) => b.aside.map((seq) => b.entries.get(seq)).filter((e) => e !== undefined)),
    /** The server hangs up on it: remembered over restarts. */
    setAside(entry: Entry): void {
      const of = books.boots.get(entry.boot);
      if (!of || of.aside.includes(entry.seq)) return;
      of.aside.push(entry.seq);
      books.changed.add(of);
      books.due = true;
      flushes.soon();
    },
    state: (): SpoolState => stateOf(books.boots, needs.boot),
    unfinished: () => unfinished(books.boots.values(), needs.boot),
    /** That these boots are unfinished is in the ledger: those with nothing left here are over. */
    told(boots: readonly string[]): void {
      for (const boot of boots) {
        const of = books.boots.get(boot);
        if (!of || of.entries.size > 0 || of.lost === 0) continue;
        of.lost = 0;
        books.changed.add(of);
        books.due = true;
        forgetIfOver(books, of);
      }
      if (books.due) flushes.soon();
    },
    bytes: () => segments.bytes() + books.pendingBytes,
    /** In this run. */
    writtenBytes: () => state.written,
    /** Files and places on flash that could not be read, in this run. */
    unreadable: () => state.unreadable,
    batches: () => books.batches,
    points: () => books.points,
  };

  function waitsForTime(entry: Entry): boolean {
    return entry.clock === "unknown" && entry.boot === needs.boot && !learnt;
  }
}

const unreadable = ({ loaded }: State["segments"], { torn }: State["journal"]): number =>
  loaded.unreadable + (torn ? 1 : 0);

function report({ needs, books, segments, journal }: State): void {
  const { log } = needs;
  for (const name of segments.loaded.broken) log.warn(`spool: a part of ${name} can't be read; the rest is used`);
  if (journal.torn) log.warn("spool: the journal can't be read to its end; what it said is found in the files");
  const lost = [...books.boots.values()].reduce((sum, of) => sum + of.lost, 0);
  if (lost > 0) log.warn(`spool: ${lost} batches that were written are not there any more; the controller is told`);
}

async function close({ segments, journal }: State): Promise<void> {
  await segments.close();
  await journal.close();
}
