import { type FileHandle, mkdir, open, readdir, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { check, messages, readJson } from "#wire";
import { syncFolder } from "../../trust/index.ts";
import type { Entry, Place } from "./entries.ts";
import { frame, longestRecordBytes, parseFrames } from "./frames.ts";
import { createReader } from "./reader.ts";

/** Unreadable files that are kept for a person to look at. */
const keptBad = 4;
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
});

export interface Loaded {
  entries: Entry[];
  /** Files whose end, or all of it, could not be read. */
  broken: string[];
}

export type Segments = Awaited<ReturnType<typeof openSegments>>;

const nameOf = (segment: number): string => `${String(segment).padStart(10, "0")}.seg`;

/** The spool's files: appended to, never changed, removed whole. A run writes to files of its own, so a torn tail of the
 *  run before is never written behind.
 *  @param segmentBytes a file is closed once it is longer */
export async function openSegments(folder: string, segmentBytes: number) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const sizes = new Map<number, number>();
  const loaded = await load(folder, sizes);
  let newest = Math.max(0, ...sizes.keys(), ...loaded.badNumbers);
  let writer: { file: FileHandle; segment: number } | undefined;
  const reader = createReader((segment) => join(folder, nameOf(segment)));

  async function roll(): Promise<{ file: FileHandle; segment: number }> {
    await closeWriter();
    newest++;
    const file = await open(join(folder, nameOf(newest)), "ax", 0o600);
    sizes.set(newest, 0);
    await syncFolder(folder);
    writer = { file, segment: newest };
    return writer;
  }

  async function closeWriter(): Promise<void> {
    const old = writer;
    writer = undefined;
    await old?.file.close();
  }

  return {
    loaded: loaded as Loaded,
    /** Bytes of all files. */
    bytes: () => [...sizes.values()].reduce((sum, size) => sum + size, 0),
    numbers: () => [...sizes.keys()].sort((a, b) => a - b),
    /** The file that is being written. */
    current: () => writer?.segment,

    /** Durable when it resolves; on a rejection nothing is known to be, and the same may be appended again. */
    async append(entries: readonly (Entry & { text: string })[]): Promise<Place[]> {
      const places: Place[] = [];
      try {
        for (const group of groups(entries, segmentBytes)) {
          const { file, segment } = writer && (sizes.get(writer.segment) ?? 0) < segmentBytes ? writer : await roll();
          const frames = group.map((entry) => frame(recordOf(entry)));
          let offset = sizes.get(segment) ?? 0;
          for (const { length } of frames) {
            places.push({ segment, offset, length });
            offset += length;
          }
          await file.appendFile(Buffer.concat(frames));
          await file.datasync();
          sizes.set(segment, offset);
        }
      } catch (error) {
        // The file may have half a record now: nothing is ever written behind it.
        if (writer) sizes.set(writer.segment, await sizeOf(writer.file));
        await closeWriter().catch(() => {});
        throw error;
      }
      return places;
    },

    /** undefined: the record is not whole any more. */
    read: reader.read,

    async remove(segment: number): Promise<void> {
      if (writer?.segment === segment) await closeWriter();
      sizes.delete(segment);
      reader.forget(segment);
      await unlink(join(folder, nameOf(segment))).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
      await syncFolder(folder);
    },
    close: closeWriter,
  };
}

const sizeOf = (file: FileHandle): Promise<number> =>
  file.stat().then(
    (s) => s.size,
    () => 0,
  );

function* groups<T extends { bytes: number }>(entries: readonly T[], segmentBytes: number): Generator<T[]> {
  let group: T[] = [];
  let bytes = 0;
  for (const entry of entries) {
    group.push(entry);
    bytes += entry.bytes;
    if (bytes < segmentBytes) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

function recordOf({ boot, seq, kind, points, total, at, clock, keep, text }: Entry & { text: string }): string {
  return `${JSON.stringify({ boot, seq, kind, points, total, at, clock, keep })}\n${text}`;
}

async function load(folder: string, sizes: Map<number, number>) {
  const names = (await readdir(folder)).sort();
  const entries: Entry[] = [];
  const broken: string[] = [];
  const badNumbers: number[] = [];
  for (const name of names.filter((n) => /^\d{10}\.seg$/.test(n))) {
    const segment = Number.parseInt(name, 10);
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    const parsed = bytes === undefined ? undefined : parseFrames(bytes);
    const found = (parsed?.records ?? []).map((r) => entryOf(r, segment)).filter((e) => e !== undefined);
    if (!parsed?.whole) broken.push(name);
    if (found.length > 0) {
      entries.push(...found);
      sizes.set(segment, bytes?.length ?? 0);
    } else {
      badNumbers.push(segment);
      await setAside(folder, name, bytes?.length === 0);
    }
  }
  const bad = (await readdir(folder)).filter((n) => n.endsWith(".bad")).sort();
  for (const name of bad.slice(0, -keptBad)) await unlink(join(folder, name)).catch(() => {});
  return { entries, broken, badNumbers };
}

/** A file that cannot be read must not stop the agent, today or at any later start. */
async function setAside(folder: string, name: string, empty: boolean): Promise<void> {
  const path = join(folder, name);
  if (empty) await unlink(path).catch(() => {});
  else await rename(path, `${path}.bad`).catch(() => {});
}

function entryOf(record: { text: string; offset: number; length: number }, segment: number): Entry | undefined {
  const split = record.text.indexOf("\n");
  const json = readJson(record.text.slice(0, split), longestRecordBytes);
  const checked = json.ok ? check(head, json.message) : json;
  if (!checked.ok) return undefined;
  const place = { segment, offset: record.offset, length: record.length };
  const bytes = Buffer.byteLength(record.text) - split - 1;
  return { ...checked.message, bytes, place, everSent: false };
}
