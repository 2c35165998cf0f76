import { open, readdir, rename, truncate, unlink } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { check, messages, readJson } from "#wire";
import type { Entry } from "./entries.ts";
import { longestRecordBytes, parseFrames } from "./frames.ts";

/** Unreadable files that are kept for a person to look at. */
export const keptBad = 4;
/** No file of ours is longer: it is closed at 512 KiB, and what goes in at once is hardly more. Something else must not
 *  be read into the memory of a small device. */
export const longestFileBytes = 4 * 1024 * 1024;

const whole = z.int().check(z.gte(0));
const head = z.object({
  boot: messages.bootId,
  seq: z.int().check(z.gte(1)),
  kind: z.enum(["telemetry", "event"]),
  points: whole,
  total: whole,
  at: whole,
  clock: messages.clockState,
  keep: z.boolean(),
  thinned: z.optional(z.boolean()),
  strikes: z.optional(z.array(messages.sequenceRange)),
});

export interface Loaded {
  entries: Entry[];
  sizes: Map<number, number>;
  /** Of files that could not be read at all. */
  badNumbers: number[];
  /** Files of which something, or all, could not be read. */
  broken: string[];
  /** Places in which something could not be read. */
  unreadable: number;
}

/** Reads what an earlier run wrote. A file that cannot be read is set aside: it must not stop the agent, today or at any
 *  later start. */
export async function load(folder: string): Promise<Loaded> {
  const loaded: Loaded = { entries: [], sizes: new Map(), badNumbers: [], broken: [], unreadable: 0 };
  const boots = new Map<string, string>();
  const names = (await readdir(folder)).sort();
  for (const name of names.filter((n) => /^\d{10}\.seg$/.test(n))) {
    const segment = Number.parseInt(name, 10);
    const bytes = await readBounded(join(folder, name), longestFileBytes);
    const { records, rotten } = bytes ? parseFrames(bytes) : { records: [], rotten: 1 };
    const found = records.map((r) => entryOf(r, segment, boots)).filter((e) => e !== undefined);
    const unreadable = rotten + records.length - found.length;
    loaded.unreadable += unreadable;
    // An empty one is not even rotten: the power was cut between its making and its first record.
    if (unreadable > 0) loaded.broken.push(name);
    if (found.length > 0) {
      for (const entry of found) loaded.entries.push(entry);
      loaded.sizes.set(segment, bytes?.length ?? 0);
    } else {
      loaded.badNumbers.push(segment);
      await setAside(join(folder, name), bytes?.length === 0);
    }
  }
  const bad = (await readdir(folder)).filter((n) => n.endsWith(".bad")).sort();
  for (const name of bad.slice(0, -keptBad)) await unlink(join(folder, name)).catch(() => {});
  return loaded;
}

/** The whole file; undefined where it can't be read (a folder, a disk error) or is longer than that. */
async function readBounded(path: string, mostBytes: number): Promise<Buffer | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      return size > mostBytes ? undefined : await file.readFile();
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** `<path>.bad`, for a person to look at. */
async function setAside(path: string, empty: boolean): Promise<void> {
  if (empty) {
    await unlink(path).catch(() => {});
    return;
  }
  await rename(path, `${path}.bad`).catch(() => {});
  // Its beginning tells what it is; flash has better uses for the rest.
  await open(`${path}.bad`, "r")
    .then(async (file) => {
      const { size } = await file.stat().finally(() => file.close());
      if (size > longestFileBytes) await truncate(`${path}.bad`, longestFileBytes);
    })
    .catch(() => {});
}

/** Until the journal says that it was never sent. */
const unknown = { everSent: false, sentBefore: true, announced: false };

/** @param boots the one text for each boot's name: thousands of entries would hold a copy each */
function entryOf(
  record: { text: string; offset: number; length: number },
  segment: number,
  boots: Map<string, string>,
): Entry | undefined {
  const split = record.text.indexOf("\n");
  const json = readJson(record.text.slice(0, split), longestRecordBytes);
  const checked = json.ok ? check(head, json.message) : json;
  if (!checked.ok) return undefined;
  const { boot: name, strikes, thinned = false, ...rest } = checked.message;
  const boot = boots.get(name) ?? name;
  boots.set(boot, boot);
  const place = { segment, offset: record.offset, length: record.length };
  const bytes = Buffer.byteLength(record.text) - split - 1;
  return { boot, ...rest, thinned, bytes, text: undefined, place, strikes, ...unknown };
}
