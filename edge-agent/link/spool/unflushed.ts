import { open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../../trust/index.ts";

/** What was in memory only when a run was last heard of. */
export interface Unflushed {
  boot: string;
  ms: number;
}

const shape = /^unflushed-([a-z2-7]{20})-(\d{1,12})$/;

/** How long batches have waited in memory while flash can't be written. The name of an empty file says it: a name can be
 *  changed on a disk that has no room for another byte, where the journal can't learn it. */
export async function openUnflushed(folder: string, boot: string) {
  const names = (await readdir(folder)).filter((name) => shape.test(name));
  const found = names.map(read).sort((a, b) => b.ms - a.ms)[0];
  let now = names[0];
  let noted: number | undefined;

  async function note(ms: number): Promise<void> {
    if (ms === noted) return;
    const name = `unflushed-${boot}-${Math.min(ms, 999_999_999_999)}`;
    if (now === undefined) await (await open(join(folder, name), "w", 0o600)).close();
    else if (now !== name) await rename(join(folder, now), join(folder, name));
    [now, noted] = [name, ms];
    await syncFolder(folder);
  }

  return {
    /** Of an earlier run; undefined: flash took all that it made but for the last flush period. */
    found: found && found.ms > 0 ? found : undefined,
    /** What was found is in the journal now. */
    async begin(): Promise<void> {
      for (const name of names.slice(1)) await unlink(join(folder, name)).catch(() => {});
      await note(0);
    },
    /** The oldest batch in memory has waited so long, or will have before this is said again; 0: flash takes them. */
    note,
  };
}

function read(name: string): Unflushed {
  const [, boot = "", ms] = shape.exec(name) ?? [];
  return { boot, ms: Number(ms) };
}
