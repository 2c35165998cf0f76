import { createFileDriver } from "../../../edge-agent/apply/index.ts";
import { createLinuxHost } from "../../../edge-agent/index.ts";
import { newLog } from "../setup.ts";

/** A device that takes no files, on this machine's disk. */
export function noFiles(dataDir: string) {
  const { disk, programs } = createLinuxHost();
  const settings = { folders: [], check: [], reload: [] };
  return { disk, driver: createFileDriver({ disk, programs, settings, dataDir, log: newLog() }) };
}
