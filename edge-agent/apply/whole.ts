import { dirname } from "node:path";
import type { Disk } from "../host/index.ts";

/** All or nothing, also across a power cut: written beside it, flushed, renamed, and the rename flushed. */
export async function writeWhole(disk: Disk, path: string, text: string, mode = 0o600): Promise<void> {
  const beside = `${path}.new`;
  try {
    await disk.write(beside, text, mode);
    await disk.sync(beside);
  } catch (error) {
    // On a full disk half a file would take the room that others need.
    await disk.remove(beside).catch(() => {});
    throw error;
  }
  await disk.rename(beside, path);
  await disk.syncFolder(dirname(path));
}

export async function removeWhole(disk: Disk, path: string): Promise<void> {
  await disk.remove(path);
  await disk.syncFolder(dirname(path));
}
