import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Point, SequenceRange } from "#wire";
import type { Batch } from "../../../edge-agent/link/batcher.ts";
import type { Scrubbed } from "../../../edge-agent/link/scrub.ts";
import { createSpool, type Dropped, type Entry, type SpoolSettings } from "../../../edge-agent/link/spool/index.ts";
import { later, newLog } from "../setup.ts";
import { fakeTime } from "../time.ts";

export const day = 24 * 3600 * 1000;
const settings: SpoolSettings = { maxBytes: 1024 * 1024, maxAgeMs: 10 * day, flushMs: 5_000 };

/** Boot ids that sort as they are numbered. */
export const bootOf = (n: number): string =>
  `boot${String.fromCharCode(97 + Math.floor(n / 26), 97 + (n % 26))}`.padEnd(20, "a");

export interface Options {
  boot?: string;
  settings?: Partial<SpoolSettings>;
  time?: ReturnType<typeof fakeTime>;
  inFlight?: (entry: Entry) => boolean;
  now?: () => number | undefined;
  /** Whether what is dropped is told by an event, as the link does. */
  tells?: boolean;
}

const tellsOf = (detail: Dropped[]): Partial<Batch> => ({ text: JSON.stringify({ detail }) as Scrubbed });

/** Of a batch with these points. */
export const telemetry = (points: Point[], replaces?: SequenceRange[]): Partial<Batch> => ({
  points: points.length,
  text: JSON.stringify({ replaces, points }) as Scrubbed,
});

/** A spool on real files, and what it told of. */
export async function newSpool(folder: string, options: Options = {}) {
  const time = options.time ?? fakeTime();
  const boot = options.boot ?? bootOf(0);
  const dropped: Dropped[] = [];
  const log = newLog();
  const spool = await createSpool({
    folder: join(folder, "spool"),
    boot,
    settings: { ...settings, ...options.settings },
    time,
    log,
    now: options.now ?? time.now,
    inFlight: options.inFlight ?? (() => false),
    dropped: (runs) => {
      dropped.push(...runs);
      if (options.tells) make(0, { ...tellsOf(runs), kind: "event", points: 1, keep: true });
    },
    thinned: ({ points, replaces }) => {
      const at = Math.max(...points.map((point) => point.at));
      make(0, { ...telemetry(points, replaces), at, clock: "corrected", thinned: true, strikes: replaces });
    },
  });
  let [seq, total] = [0, 0];
  function make(bytes = 100, more: Partial<Batch> = {}): Batch {
    seq++;
    const points = more.points ?? 1 + (seq % 3);
    total += points;
    const text = `${boot}/${seq}/`.padEnd(bytes, "x") as Scrubbed;
    const head = { boot, seq, kind: "telemetry", points, total, at: time.now(), clock: "synced", keep: false } as const;
    const batch: Batch = { ...head, text, ...more };
    spool.put(batch);
    return batch;
  }
  await spool.flush();
  later(() => spool.halt().catch(() => {}));
  return {
    ...spool,
    boot,
    dropped,
    log,
    time,
    /** Puts the next batch of this boot. */
    make,
    /** As the link does; with `tells`, by an event each. */
    toldUnclean: (): void =>
      spool.tellUnclean((tail) => {
        if (!options.tells) return;
        make(0, { text: JSON.stringify({ tail }) as Scrubbed, kind: "event", points: 1, keep: true });
      }),
    /** Everything that is here, in the order of sending, with its text. */
    async all(): Promise<[name: string, text: string | undefined][]> {
      const found: Entry[] = [];
      for (let next = spool.oldest(() => false); next; next = spool.oldest((e) => found.includes(e))) found.push(next);
      const texts: [string, string | undefined][] = [];
      for (const entry of found) texts.push([`${entry.boot}/${entry.seq}`, await spool.text(entry)]);
      return texts;
    },
  };
}

export const files = async (folder: string, ending: string): Promise<string[]> =>
  (await readdir(join(folder, "spool"))).filter((name) => name.endsWith(ending)).sort();
