import { chmod, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Disk } from "../index.ts";

export const linuxDisk: Disk = {
  read: (path) => orNull(readFile(path, "utf8")),
  async write(path, text, mode) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, text, { mode });
    // One that was there keeps its own otherwise, and a umask takes from a new one.
    await chmod(path, mode);
  },
  sync: (path) => synced(path, "r+"),
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  syncFolder: (path) => synced(path, "r"),
  mode: async (path) => {
    const found = await orNull(stat(path));
    return found && found.mode & 0o777;
  },
};

/** null: there is no such file. */
const orNull = <T>(reading: Promise<T>): Promise<T | null> =>
  reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });

async function synced(path: string, flags: string): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
