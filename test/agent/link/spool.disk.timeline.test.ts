import { execFile } from "node:child_process";
import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { leftPendingBytes, mostPendingBytes, mostPendingKeepBytes } from "../../../edge-agent/link/spool/upkeep.ts";
import { holdFolder } from "../../../edge-agent/lock.ts";
import { later, newFolder } from "../setup.ts";
import { bootOf, newSpool } from "./spools.ts";

const run = promisify(execFile);
const mega = 1024 * 1024;

/** A disk of 1 MiB, or undefined where this process may not mount one. */
async function smallDisk(): Promise<string | undefined> {
  const folder = await newFolder();
  try {
    await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
  } catch {
    return undefined;
  }
  later(() => run("umount", ["-l", folder]));
  return folder;
}

/** Fills what is left. @returns gives it back */
async function fillUp(disk: string): Promise<() => Promise<void>> {
  const path = join(disk, "other");
  await writeFile(path, Buffer.alloc(2 * mega)).catch(() => {});
  return () => rm(path);
}

const writtenIn = async (folder: string): Promise<number> => {
  const names = await readdir(join(folder, "spool"));
  return (await Promise.all(names.map((name) => stat(join(folder, "spool", name))))).reduce(
    (sum, s) => sum + s.size,
    0,
  );
};

describe("a full disk", () => {
  it("keeps batches in memory up to 2 MiB, drops and tells of more, and is written again when there is room", async (context) => {
    const disk = await smallDisk();
    if (!disk) return context.skip();
    const spool = await newSpool(disk, { settings: { maxBytes: 64 * mega }, tells: true });
    for (let i = 0; i < 4; i++) {
      spool.make(50_000);
      await spool.flush();
    }
    const giveBack = await fillUp(disk);
    for (let i = 0; i < 60; i++) {
      spool.make(50_000);
      await spool.flush();
      expect(spool.bytes()).toBeLessThanOrEqual(mostPendingBytes + 400_000);
    }
    expect(spool.log.lines.filter((line) => line.startsWith("error"))).toHaveLength(1);
    const dropped = spool.dropped.reduce((sum, { points }) => sum + points.length, 0);
    expect(dropped).toBeGreaterThan(15);
    // What tells is not told batch by batch: it would fill the memory in its turn.
    expect(spool.dropped.length).toBeLessThan(6);
    // Delivered ones still make room.
    const before = await writtenIn(disk);
    spool.delivered(spool.boot, 1, 4);
    await spool.flush();
    expect(await writtenIn(disk)).toBeLessThan(before - 150_000);
    await giveBack();
    // Only a part of what waits fits on so small a disk.
    spool.delivered(spool.boot, 5, 50);
    await spool.flush();
    expect(spool.log.lines.at(-1)).toContain("can be written again");
    const here = await spool.all();
    await spool.halt();
    const next = await newSpool(disk, { boot: bootOf(1), settings: { maxBytes: 64 * mega } });
    expect(await next.all()).toEqual(here);
    expect(next.unreadable()).toBe(0);
  });

  it("does not keep the agent from starting, with all that is kept", async (context) => {
    const disk = await smallDisk();
    if (!disk) return context.skip();
    const spool = await newSpool(disk);
    for (let i = 0; i < 4; i++) spool.make(50_000);
    await spool.stop();
    const giveBack = await fillUp(disk);
    const release = await holdFolder(disk);
    const next = await newSpool(disk, { boot: bootOf(1) });
    expect(next.batches()).toBe(4);
    next.make(10_000);
    await next.flush();
    expect(next.delivered(bootOf(0), 1, 2)).toHaveLength(2);
    await next.flush();
    await giveBack();
    await next.stop();
    await release();
    expect((await readdir(disk)).filter((name) => name.includes("lock"))).toEqual([]);
    const last = await newSpool(disk, { boot: bootOf(2) });
    expect((await last.all()).map(([name]) => name)).toEqual([`${bootOf(0)}/3`, `${bootOf(0)}/4`, `${bootOf(1)}/1`]);
    expect(last.unclean).toEqual([]);
  });
});

describe("flash that can't be written for weeks", () => {
  it("costs a bounded amount of memory, what tells of losses included", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder, { tells: true });
    await rm(join(folder, "spool"), { recursive: true });
    let most = 0;
    for (let i = 0; i < 700; i++) {
      // Many points a sequence make what tells of it long.
      for (let n = 0; n < 10; n++) spool.make(2_000, { points: 123_456 });
      spool.make(3_000, { keep: true, kind: "event" });
      await spool.flush();
      most = Math.max(most, spool.bytes());
    }
    expect(most).toBeLessThan(mostPendingBytes + 100_000);
    expect(spool.bytes()).toBeGreaterThan(leftPendingBytes - 100_000);
    const keeps = spool.dropped.some(({ points }) => points.includes(1));
    expect(keeps).toBe(true);
    expect(mostPendingKeepBytes).toBeLessThan(leftPendingBytes);
  });
});
