import { open } from "node:fs/promises";
import type { Place } from "./entries.ts";
import { unframe } from "./frames.ts";

/** Read at once: a backlog is sent in the order in which it lies, so what comes behind a record is wanted next. */
export const readAheadBytes = 64 * 1024;

/** Reads records of the spool's files, where they lie for good: files are appended to and removed, never changed. */
export function createReader(pathOf: (segment: number) => string) {
  let ahead: { segment: number; from: number; bytes: Buffer } | undefined;

  function held({ segment, offset, length }: Place): Buffer | undefined {
    if (ahead?.segment !== segment || offset < ahead.from) return undefined;
    const begins = offset - ahead.from;
    return begins + length <= ahead.bytes.length ? ahead.bytes.subarray(begins, begins + length) : undefined;
  }

  async function fetch({ segment, offset, length }: Place): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(Math.max(length, readAheadBytes));
    const file = await open(pathOf(segment), "r");
    try {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
      ahead = { segment, from: offset, bytes: bytes.subarray(0, bytesRead) };
      return bytes.subarray(0, Math.min(length, bytesRead));
    } finally {
      await file.close();
    }
  }

  return {
    /** undefined: the record is not whole any more. */
    async read(place: Place): Promise<string | undefined> {
      const known = held(place);
      try {
        // What was read ahead may have been caught half written: only the file itself can say that a record is rotten.
        const text = (known && unframe(known)) ?? unframe(await fetch(place));
        return text?.slice(text.indexOf("\n") + 1);
      } catch {
        return undefined;
      }
    },
    /** The file goes, or nothing of it is wanted: its bytes need not stay in memory. */
    forget(segment: number): void {
      if (ahead?.segment === segment) ahead = undefined;
    },
  };
}
