import type { Host } from "../index.ts";
import { linuxDisk } from "./disk.ts";
import { linuxFiles } from "./files.ts";
import { linuxPrograms } from "./programs.ts";
import { linuxSockets } from "./sockets.ts";
import { linuxTime } from "./time.ts";

/** The machine that the agent runs on. */
export const createLinuxHost = (): Host => ({
  time: linuxTime,
  files: linuxFiles,
  disk: linuxDisk,
  programs: linuxPrograms,
  sockets: linuxSockets,
  random: Math.random,
});
