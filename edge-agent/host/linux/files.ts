import { open, readdir, statfs } from "node:fs/promises";
import type { Files } from "../index.ts";

const longestBytes = 1024 * 1024;

export const linuxFiles: Files = {
  async read(path) {
    const file = await open(path, "r");
    try {
      // Files of /proc say that they are empty: read until nothing comes, not by size.
      const parts: Buffer[] = [];
      let bytes = 0;
      while (bytes < longestBytes) {
        const part = Buffer.allocUnsafe(Math.min(16 * 1024, longestBytes - bytes));
        const { bytesRead } = await file.read(part, 0, part.length, null);
        if (bytesRead === 0) break;
        parts.push(part.subarray(0, bytesRead));
        bytes += bytesRead;
      }
      return Buffer.concat(parts).toString("utf8");
    } finally {
      await file.close();
    }
  },
  list: (path) => readdir(path),
  async space(path) {
    const fs = await statfs(path);
    return { totalBytes: fs.blocks * fs.bsize, freeBytes: fs.bavail * fs.bsize };
  },
};
