import type { Disk } from "../../../edge-agent/index.ts";

interface Kept {
  text: string;
  mode: number;
  /** Its content was synced: a cut leaves it whole. */
  synced: boolean;
}
/** What a name may be after a cut: what was durable, or anything that it was since. */
interface Name {
  durable: Kept | null;
  since: (Kept | null)[];
}

export class PowerCut extends Error {}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** A disk that keeps what is not synced in a journal, and loses any of it when the power is cut: names may be as they were,
 *  as they became, or anything in between; content that was not synced may be torn or empty.
 *  @param cutAt the change with this number and all later ones never happen; null: the power stays
 *  @param chance a number in [0, 1) */
export function cutDisk(
  before: ReadonlyMap<string, { text: string; mode: number }>,
  cutAt: number | null,
  chance: () => number,
) {
  const now = new Map<string, Kept>();
  const names = new Map<string, Name>();
  for (const [path, { text, mode }] of before) {
    const kept = { text, mode, synced: true };
    now.set(path, kept);
    names.set(path, { durable: kept, since: [] });
  }
  let changes = 0;

  function step(): void {
    changes++;
    if (cutAt !== null && changes >= cutAt) throw new PowerCut("the power is gone");
  }
  function put(path: string, kept: Kept | null): void {
    if (kept) now.set(path, kept);
    else now.delete(path);
    const name = names.get(path) ?? { durable: null, since: [] };
    name.since.push(kept);
    names.set(path, name);
  }

  const disk: Disk = {
    async read(path) {
      return now.get(path)?.text ?? null;
    },
    async mode(path) {
      return now.get(path)?.mode ?? null;
    },
    async write(path, text, mode) {
      step();
      put(path, { text, mode, synced: false });
    },
    async sync(path) {
      step();
      const kept = now.get(path);
      if (kept) kept.synced = true;
    },
    async rename(from, to) {
      step();
      const kept = now.get(from);
      if (!kept) throw Object.assign(new Error(`ENOENT: ${from}`), { code: "ENOENT" });
      put(to, kept);
      put(from, null);
    },
    async remove(path) {
      step();
      if (now.has(path)) put(path, null);
    },
    async syncFolder(folder) {
      step();
      for (const path of names.keys()) {
        if (folderOf(path) !== folder) continue;
        names.set(path, { durable: now.get(path) ?? null, since: [] });
      }
    },
  };

  /** What is there when the power is back. */
  function survivors(): Map<string, { text: string; mode: number }> {
    const left = new Map<string, { text: string; mode: number }>();
    for (const [path, { durable, since }] of names) {
      const all = [durable, ...since];
      const kept = all[Math.floor(chance() * all.length)];
      if (!kept) continue;
      const text = kept.synced ? kept.text : kept.text.slice(0, Math.floor(chance() * (kept.text.length + 1)));
      left.set(path, { text, mode: kept.mode });
    }
    return left;
  }
  return {
    disk,
    survivors,
    changes: () => changes,
    files: () => new Map([...now].map(([p, { text, mode }]) => [p, { text, mode }])),
  };
}
