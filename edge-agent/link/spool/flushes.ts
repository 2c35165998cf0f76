import type { Cancel, Time } from "../../host/index.ts";
import { type Log, reason } from "../../log.ts";
import type { Books } from "./books.ts";
import type { Dropped } from "./drops.ts";
import type { Entry } from "./entries.ts";
import type { Journal } from "./journal.ts";
import { makeRoom, type Thinned } from "./room.ts";
import type { Segments } from "./segments.ts";
import { tellDropped } from "./tellings.ts";
import type { openUnflushed } from "./unflushed.ts";
import { dropOld, dropPending, removeDead, writePending } from "./upkeep.ts";

/** How often the journal says how far the boot is, when nothing else makes it be written. */
const markEveryMs = 5 * 60_000;

export interface SpoolSettings {
  maxBytes: number;
  maxAgeMs: number;
  flushMs: number;
}

export interface SpoolNeeds {
  folder: string;
  boot: string;
  settings: SpoolSettings;
  time: Time;
  log: Log;
  /** The wall clock, or undefined while nobody knows it. */
  now: () => number | undefined;
  inFlight: (entry: Entry) => boolean;
  /** To be told to the controller. */
  dropped: (runs: Dropped[]) => void;
  /** To be put as batches of this boot, at once. */
  thinned: (thinned: Thinned) => void;
}

export interface State {
  needs: SpoolNeeds;
  books: Books;
  segments: Segments;
  journal: Journal;
  unflushed: Awaited<ReturnType<typeof openUnflushed>>;
  /** Since when the oldest batch is in memory only, by the monotonic clock; means nothing while none is. */
  pendingSince: number;
  written: number;
  /** Places on flash that could not be read. */
  unreadable: number;
  markedAt: number;
  broken: boolean;
}

export interface Flushes {
  soon(): void;
  now(): Promise<void>;
  stop(): Promise<void>;
  /** Nothing more is begun. Resolves when no file is being opened or written any more. */
  halt(): Promise<void>;
}

/** One flush at a time; what is put during one goes with the next. */
export function createFlushes(state: State): Flushes {
  const { time, settings, log } = state.needs;
  let timer: Cancel | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const once = async (): Promise<void> => {
    try {
      await flush(state);
      if (state.broken) {
        log.info("spool: flash can be written again");
        await noteUnflushed(state);
      }
      state.broken = false;
    } catch (error) {
      if (!state.broken) log.error(`spool: flash can't be written, batches stay in memory: ${reason(error)}`);
      state.broken = true;
      tellDropped(state.books, dropPending(state.books), state.needs.dropped);
      await noteUnflushed(state);
      soon();
    }
  };
  const now = (): Promise<void> => {
    timer?.();
    timer = undefined;
    if (!stopped) running = running.then(once);
    return running;
  };
  const soon = (): void => {
    if (timer || stopped) return;
    timer = time.after(settings.flushMs, () => {
      timer = undefined;
      running = running.then(once);
    });
  };
  const halt = (): Promise<void> => {
    stopped = true;
    timer?.();
    timer = undefined;
    return running;
  };
  return {
    soon,
    now,
    halt,
    async stop() {
      await now();
      await halt();
    },
  };
}

/** Says how long a batch may have been in memory only when this is said again. */
async function noteUnflushed({ unflushed, books, pendingSince, needs }: State): Promise<void> {
  const { time, settings } = needs;
  const ms = books.pending.size === 0 ? 0 : Math.ceil(time.monotonic() - pendingSince) + 2 * settings.flushMs;
  // Flash that takes not even another name: then the flush period is all that is known.
  await unflushed.note(ms).catch(() => {});
}

/** Batches first, then the journal, then the removal of files: whatever is cut off in between is at most sent twice. */
async function flush(state: State): Promise<void> {
  const { books, segments, needs } = state;
  const now = needs.now();
  const tell = (runs: Dropped[]): void => tellDropped(books, runs, needs.dropped);
  if (now !== undefined) tell(dropOld(books, now - needs.settings.maxAgeMs, needs.inFlight));
  try {
    const began = needs.time.monotonic();
    state.written += await writePending(books, segments);
    state.pendingSince = began;
    const { maxBytes } = needs.settings;
    state.written += await makeRoom(books, segments, { maxBytes, tell, thinned: needs.thinned });
    await writeJournal(state);
  } finally {
    // Also while nothing can be written: on a full disk this is what makes room. If the power is cut before the journal
    // says that they went, the controller is told of batches as lost that it has.
    await removeDead(books, segments, needs.log.warn);
  }
}

async function writeJournal(state: State): Promise<void> {
  const { books, journal, needs } = state;
  const markDue = needs.time.monotonic() - state.markedAt >= markEveryMs;
  if (!books.due && !(markDue && books.changed.size > 0)) return;
  const [changed, over] = [[...books.changed], [...books.over]];
  books.changed.clear();
  books.over.clear();
  books.due = false;
  try {
    state.written += await journal.write(changed, over, () => books.boots.values());
    state.markedAt = needs.time.monotonic();
  } catch (error) {
    for (const of of changed) books.changed.add(of);
    for (const boot of over) books.over.add(boot);
    books.due = true;
    throw error;
  }
}
