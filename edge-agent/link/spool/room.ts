import { limits, type Point, type SequenceRange } from "#wire";
import { withTime } from "../retime.ts";
import { type Books, entriesOf, segmentGone, strike, unplaced } from "./books.ts";
import { asRuns, type Dropped } from "./drops.ts";
import type { Entry } from "./entries.ts";
import { rangesOf } from "./ranges.ts";
import type { Segments } from "./segments.ts";
import { toldOf } from "./tellings.ts";
import { thin } from "./thin.ts";
import { writePending } from "./upkeep.ts";

/** 5-minute values, and the batches that they stand for. */
export interface Thinned {
  points: Point[];
  replaces: SequenceRange[];
}

export interface RoomNeeds {
  maxBytes: number;
  tell: (runs: Dropped[]) => void;
  /** To be put as batches of this boot, at once. */
  thinned: (thinned: Thinned) => void;
}

/** The part of the spool that may be filled by what was thinned, and by what tells of losses. */
export const mostThinnedShare = 1 / 2;
export const mostKeptShare = 1 / 4;
/** Series that are measured so seldom that more than this would be left have nothing to be thinned. */
const worthwhile = 1 / 2;

/** Makes the spool fit, a file at a time, the oldest first. What of it was never sent is thinned; what can't be (events,
 *  an unknown time, what is thinned already where that fills half the spool, what an earlier run may have sent: stored
 *  beats dropped, but not what replaces it) is dropped; the rest is moved to a new
 *  file. Nothing goes before what stands for it, and what tells of it, is on flash. @returns bytes written */
export async function makeRoom(books: Books, segments: Segments, needs: RoomNeeds): Promise<number> {
  let written = 0;
  for (const segment of segments.numbers()) {
    if (segments.bytes() + books.pendingBytes <= needs.maxBytes) break;
    // What is moved would be written to the file that goes.
    if (segment === segments.current()) break;
    const held = [...entriesOf(books)].filter((entry) => entry.place?.segment === segment);
    const texts = new Map<Entry, string>();
    for (const entry of held) {
      const text = entry.place && (await segments.read(entry.place));
      if (text !== undefined) texts.set(entry, text);
    }
    // In one breath from here on: what was sent or delivered while the file was read is as it is now.
    empty(
      books,
      held.filter((entry) => entry.place?.segment === segment && isHere(books, entry)),
      texts,
      needs,
    );
    written += await writePending(books, segments);
    await segments.remove(segment);
    segmentGone(books, segment);
  }
  return written;
}

const isHere = (books: Books, entry: Entry): boolean => books.boots.get(entry.boot)?.entries.get(entry.seq) === entry;

function empty(books: Books, held: readonly Entry[], texts: ReadonlyMap<Entry, string>, needs: RoomNeeds): void {
  const { maxBytes, tell } = needs;
  const thinnedFull = books.thinnedBytes > maxBytes * mostThinnedShare;
  const keptFull = books.keepBytes > maxBytes * mostKeptShare;
  const full: Entry[] = [];
  const thick: Entry[] = [];
  const rotten: Entry[] = [];
  for (const entry of held) {
    const text = texts.get(entry);
    if (text === undefined) rotten.push(entry);
    else if (entry.everSent || (entry.thinned && !thinnedFull) || (entry.keep && !keptFull))
      unplaced(books, entry, text);
    else if (entry.kind === "telemetry" && !entry.thinned && !entry.sentBefore && timeKnown(books, entry))
      thick.push(entry);
    else full.push(entry);
  }
  for (const entry of [...full, ...rotten]) strike(books, entry.boot, entry.seq, entry.seq);
  toldOf(books, full);
  tell(asRuns(rotten, "unreadable"));
  tell(asRuns(full, "full"));
  for (const part of parts(thick)) replace(books, part, texts, needs);
}

function replace(books: Books, part: readonly Entry[], texts: ReadonlyMap<Entry, string>, needs: RoomNeeds): void {
  const before = part.reduce((sum, entry) => sum + entry.points, 0);
  const points = thin(part.flatMap((entry) => pointsOf(books, entry, texts.get(entry) ?? "{}")));
  const worth = points.length > 0 && points.length <= before * worthwhile;
  for (const entry of part) strike(books, entry.boot, entry.seq, entry.seq);
  // What tells goes first: where only the beginning reaches flash, all that it names is still there, and is sent.
  needs.tell(asRuns(part, worth ? "thinned" : "full"));
  if (worth) needs.thinned({ points, replaces: replacedBy(part) });
}

const timeKnown = (books: Books, { boot, clock }: Entry): boolean =>
  clock !== "unknown" || books.boots.get(boot)?.offset !== undefined;

function pointsOf(books: Books, entry: Entry, text: string): Point[] {
  const offset = books.boots.get(entry.boot)?.offset;
  try {
    const known = entry.clock === "unknown" && offset !== undefined ? withTime(text, offset) : text;
    return (JSON.parse(known) as { points?: Point[] }).points ?? [];
  } catch {
    // Written by another version, perhaps: nothing to be thinned, and no reason to stop here for ever.
    return [];
  }
}

/** As many as one batch can name. */
function* parts(entries: readonly Entry[]): Generator<Entry[]> {
  let part: Entry[] = [];
  let ranges = 0;
  for (const entry of entries) {
    const last = part.at(-1);
    const follows = last?.boot === entry.boot && last.seq === entry.seq - 1;
    if (!follows && ranges === limits.replacedRanges) {
      yield part;
      [part, ranges] = [[], 0];
    }
    if (!follows) ranges++;
    part.push(entry);
  }
  if (part.length > 0) yield part;
}

function replacedBy(part: readonly Entry[]): SequenceRange[] {
  const boots = [...new Set(part.map(({ boot }) => boot))];
  return boots.flatMap((boot) =>
    rangesOf(part.filter((entry) => entry.boot === boot).map(({ seq }) => seq)).map(([from, to]) => ({
      boot,
      from,
      to,
    })),
  );
}
