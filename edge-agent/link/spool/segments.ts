import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../../trust/index.ts";
import type { Entry, Place } from "./entries.ts";
import { frame } from "./frames.ts";
import { load } from "./load.ts";
import { createReader } from "./reader.ts";

export type Segments = Awaited<ReturnType<typeof openSegments>>;

const nameOf = (segment: number): string => `${String(segment).padStart(10, "0")}.seg`;

/** The spool's files: appended to, never changed, removed whole. A run writes to files of its own, so a torn tail of the
 *  run before is never written behind.
 *  @param segmentBytes a file is closed once it is longer */
export async function openSegments(folder: string, segmentBytes: number) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const loaded = await load(folder);
  const { sizes } = loaded;
  let newest = Math.max(0, ...sizes.keys(), ...loaded.badNumbers);
  let writer: { file: FileHandle; segment: number } | undefined;
  const reader = createReader((segment) => join(folder, nameOf(segment)));

  async function roll(): Promise<{ file: FileHandle; segment: number }> {
    await closeWriter();
    newest++;
    const file = await open(join(folder, nameOf(newest)), "ax", 0o600);
    sizes.set(newest, 0);
    writer = { file, segment: newest };
    // A name that the power cut takes away would take everything behind it along.
    await syncFolder(folder);
    return writer;
  }

  async function closeWriter(): Promise<void> {
    const old = writer;
    writer = undefined;
    await old?.file.close();
  }

  return {
    loaded,
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
      reader.forget(segment);
      await unlink(join(folder, nameOf(segment))).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
      sizes.delete(segment);
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

function recordOf(entry: Entry & { text: string }): string {
  const { boot, seq, kind, points, total, at, clock, keep, strikes } = entry;
  const thinned = entry.thinned || undefined;
  return `${JSON.stringify({ boot, seq, kind, points, total, at, clock, keep, thinned, strikes })}\n${entry.text}`;
}
