import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod/mini";
import { check, messages, readJson } from "#wire";
import { writeBytes } from "../../trust/index.ts";
import { type Boot, newBoot } from "./entries.ts";
import { frame, longestRecordBytes, parseFrames } from "./frames.ts";
import { type Range, rangesOf } from "./ranges.ts";

/** It grows by a line for each change and is written anew beyond this. */
const longestBytes = 256 * 1024;
/** Delivered ranges in one line. More come from a spool in shreds; what is cut is sent again, which harms nobody. */
const rangesInLine = 512;

const whole = z.int().check(z.gte(0));
const line = z.object({
  boot: messages.bootId,
  lane: whole,
  offset: z.optional(z.int()),
  seq: whole,
  total: whole,
  gone: z.array(z.tuple([whole, whole])),
  /** On flash when this was written. */
  kept: z.array(z.tuple([whole, whole])),
  aside: z.array(whole),
  ended: z.boolean(),
  /** Everything of it was delivered or told: the line ends the boot. */
  over: z.optional(z.boolean()),
});

/** A boot as the journal knows it. */
export type Known = Boot & { kept: Range[] };

export interface Journal {
  boots: Known[];
  /** The last line was torn (a power cut while it was written), or the file was not a journal. */
  torn: boolean;
  /** Durable when it resolves. @returns bytes written */
  write(changed: readonly Boot[], over: readonly string[], all: () => Iterable<Boot>): Promise<number>;
  close(): Promise<void>;
}

/** What of the boots has to outlive them: the newest line of a boot counts. */
export async function openJournal(folder: string): Promise<Journal> {
  const path = join(folder, "journal");
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  });
  const { records, whole: unbroken } = parseFrames(bytes);
  const boots = new Map<string, Known>();
  for (const record of records) read(record.text, boots);
  let size = await writeAll([...boots.values()].map((b) => lineOf(b, b.kept)));
  let file = await open(path, "a", 0o600);

  async function writeAll(lines: readonly string[]): Promise<number> {
    const text = Buffer.concat(lines.map(frame));
    await writeBytes(path, text);
    return text.length;
  }

  return {
    boots: [...boots.values()],
    torn: !unbroken,
    async write(changed, over, all) {
      const ends = over.map((boot) => frame(lineOf(newBoot(boot, 0), [], true)));
      const text = Buffer.concat([...changed.map((boot) => frame(lineOf(boot, keptOf(boot)))), ...ends]);
      if (size + text.length > longestBytes) {
        await file.close();
        try {
          size = await writeAll(Array.from(all(), (boot) => lineOf(boot, keptOf(boot))));
        } finally {
          file = await open(path, "a", 0o600);
        }
        return size;
      }
      await file.appendFile(text);
      await file.datasync();
      size += text.length;
      return text.length;
    },
    close: () => file.close(),
  };
}

const keptOf = (boot: Boot): Range[] =>
  rangesOf([...boot.entries.values()].filter((entry) => entry.place).map((entry) => entry.seq));

function lineOf(state: Boot, kept: readonly Range[], over = false): string {
  const { boot, lane, offset, seq, total, gone, aside, ended } = state;
  const cut = { gone: gone.slice(0, rangesInLine), kept: kept.slice(0, rangesInLine), aside: aside.slice(-64) };
  return JSON.stringify({ boot, lane, offset, seq, total, ended, ...cut, ...(over ? { over } : {}) });
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
