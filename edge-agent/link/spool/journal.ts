import { type FileHandle, open, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { check, messages, readJson } from "#wire";
import { writeBytes } from "../../trust/index.ts";
import { type Boot, mayBeSent, newBoot } from "./entries.ts";
import { frame, longestRecordBytes, parseFrames } from "./frames.ts";
import { type Range, rangesOf } from "./ranges.ts";
import type { Unflushed } from "./unflushed.ts";

/** It grows by a line for each change and is written anew beyond this. */
export const longestBytes = 256 * 1024;
/** One that is longer is not ours. One boot's line is at most a few KiB, of which a spool in shreds may have many. */
export const mostReadBytes = 8 * 1024 * 1024;
/** Delivered ranges in one line. More come from a spool in shreds; what is cut is sent again, which harms nobody. */
export const rangesInLine = 512;
/** Batches in one line that were set aside; the oldest of more are tried like any other after a restart. */
export const mostAside = 64;

const markName = "boot";

const whole = z.int().check(z.gte(0));
const ranges = z.array(z.tuple([whole, whole]));
const telling = z.optional(z.tuple([messages.bootId, whole]));
const line = z.object({
  boot: messages.bootId,
  lane: whole,
  offset: z.optional(z.int()),
  seq: whole,
  total: whole,
  gone: ranges,
  /** On flash when this was written. */
  kept: ranges,
  /** Of those, the ones that may have been sent; absent (an older agent): any. */
  sent: z.optional(ranges),
  aside: z.array(whole),
  ended: z.boolean(),
  toldBy: telling,
  droppedBy: telling,
  unflushedMs: z.optional(whole),
  /** Everything of it was delivered or told: the line ends the boot. */
  over: z.optional(z.boolean()),
});

/** A boot as the journal knows it. */
export type Known = Boot & { kept: Range[]; sent?: Range[] | undefined };

export interface Journal {
  boots: Known[];
  /** A line was torn (a power cut while it was written), or the file was not a journal. */
  torn: boolean;
  /** Written while it was opened. */
  writtenAtStart: number;
  /** What was known when it was opened is on flash anew. */
  anew: boolean;
  /** Durable when it resolves. @returns bytes written */
  write(changed: readonly Boot[], over: readonly string[], all: () => Iterable<Boot>): Promise<number>;
  close(): Promise<void>;
}

/** What of the boots has to outlive them: the newest line of a boot counts. A journal that can't be read or written does
 *  not stop the agent: what it would say is found in the files, but for deliveries, which are sent again then.
 *  @param unflushed what the run before had in memory only */
export async function openJournal(folder: string, boot: string, unflushed?: Unflushed): Promise<Journal> {
  const path = join(folder, "journal");
  const bytes = await readJournal(path);
  const { records, rotten } = bytes ? parseFrames(bytes) : { records: [], rotten: 1 };
  const boots = new Map<string, Known>();
  for (const record of records) read(record.text, boots);
  const before = await bootBefore(folder);
  if (before && !boots.has(before) && (rotten > 0 || bytes?.length === 0))
    boots.set(before, { ...newBoot(before, 0), kept: [] });
  if (unflushed) hadInMemory(boots, unflushed);
  let file: FileHandle | undefined;
  // Never shorter than the file: it is written anew when it can't be known how it ends.
  let size = Number.POSITIVE_INFINITY;
  let most = longestBytes;
  const anew = await writeAll([...boots.values()].map((b) => lineOf(b, b))).catch(() => undefined);
  const mark = Buffer.from(boot);
  const writtenAtStart =
    (anew ?? 0) +
    (await writeBytes(join(folder, markName), mark).then(
      () => mark.length,
      () => 0,
    ));

  async function writeAll(lines: readonly string[]): Promise<number> {
    const text = Buffer.concat(lines.map(frame));
    await file?.close();
    file = undefined;
    size = Number.POSITIVE_INFINITY;
    await writeBytes(path, text);
    size = text.length;
    // Many boots in shreds: not anew with every change.
    most = Math.max(longestBytes, 2 * size);
    return text.length;
  }

  async function append(text: Buffer): Promise<number> {
    file ??= await open(path, "a", 0o600);
    try {
      await file.appendFile(text);
      await file.datasync();
      size += text.length;
      return text.length;
    } catch (error) {
      // Half a line may be there now.
      size = Number.POSITIVE_INFINITY;
      throw error;
    }
  }

  return {
    boots: [...boots.values()],
    torn: rotten > 0,
    writtenAtStart,
    anew: anew !== undefined,
    write(changed, over, all) {
      const ends = over.map((boot) => frame(lineOf(newBoot(boot, 0), { kept: [], sent: [] }, true)));
      const text = Buffer.concat([...changed.map((boot) => frame(lineOf(boot, onFlash(boot)))), ...ends]);
      if (size + text.length <= most) return append(text);
      return writeAll(Array.from(all(), (boot) => lineOf(boot, onFlash(boot))));
    },
    close: async () => file?.close(),
  };
}

/** The run before this one, by a file of its own: a journal that is torn may have lost the line that it began, and then
 *  nobody would say how it ended. */
async function bootBefore(folder: string): Promise<string | undefined> {
  const name = await readFile(join(folder, markName), "utf8").catch(() => "");
  return check(messages.bootId, name).ok ? name : undefined;
}

/** undefined: something is there that is no journal; it is set aside. */
async function readJournal(path: string): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(path);
    if (size <= mostReadBytes) return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
  }
  await rename(path, `${path}.bad`).catch(() => {});
  return undefined;
}

/** A run that found no room for as much as the line that it began is known by the name of a file. */
function hadInMemory(boots: Map<string, Known>, { boot, ms }: Unflushed): void {
  const lane = ([...boots.values()].at(-1)?.lane ?? -1) + 1;
  const of = boots.get(boot) ?? { ...newBoot(boot, lane % 16), kept: [] };
  of.unflushedMs = Math.max(ms, of.unflushedMs ?? 0);
  boots.set(boot, of);
}

/** What of a boot is on flash, and which of it may have been sent. */
function onFlash(boot: Boot): Pick<Known, "kept" | "sent"> {
  const placed = [...boot.entries.values()].filter((entry) => entry.place);
  const seqs = (some: typeof placed): Range[] => rangesOf(some.map((entry) => entry.seq));
  return { kept: seqs(placed), sent: seqs(placed.filter(mayBeSent)) };
}

/** No more than a line holds, and everything that they hold: one that was not sent may count as sent, never the other
 *  way. */
function covering(some: readonly Range[]): readonly Range[] {
  const [last, end] = [some[rangesInLine - 1], some.at(-1)];
  return last && end ? [...some.slice(0, rangesInLine - 1), [last[0], end[1]]] : some;
}

/** How far a boot is, without what is in memory only: that is lost with the power, and told as such. */
function reachedBy(boot: Boot): { seq: number; total: number } {
  for (const entry of boot.entries.values())
    if (!entry.place) return { seq: entry.seq - 1, total: entry.total - entry.points };
  return boot;
}

function lineOf(state: Boot, { kept, sent }: Pick<Known, "kept" | "sent">, over = false): string {
  const { boot, lane, offset, gone, aside, ended, toldBy, droppedBy, unflushedMs } = state;
  const { seq, total } = reachedBy(state);
  const cut = { gone: gone.slice(0, rangesInLine), kept: kept.slice(0, rangesInLine), aside: aside.slice(-mostAside) };
  const more = { ...cut, sent: sent && covering(sent), toldBy, droppedBy, unflushedMs };
  return JSON.stringify({ boot, lane, offset, seq, total, ended, ...more, ...(over ? { over } : {}) });
}

function read(text: string, boots: Map<string, Known>): void {
  const json = readJson(text, longestRecordBytes);
  const checked = json.ok ? check(line, json.message) : json;
  // Written by a newer agent, perhaps: what it does not tell us is found in the segments.
  if (!checked.ok) return;
  const { over, ...state } = checked.message;
  if (over) boots.delete(state.boot);
  else boots.set(state.boot, { ...newBoot(state.boot, state.lane), ...state });
}
