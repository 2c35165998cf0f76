import { copyFile, mkdir, readdir, readFile, rename, rmdir, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { announcedBytes } from "../../../edge-agent/link/spool/announce.ts";
import { newFolder } from "../setup.ts";
import { fakeTime } from "../time.ts";
import { bootOf, files, newSpool, telemetry } from "./spools.ts";

const lastFile = async (folder: string): Promise<string> =>
  join(folder, "spool", (await files(folder, ".seg")).at(-1) ?? "");

describe("what told of a power cut", () => {
  it("is told again when flash loses it, as often as it takes, and not once it is delivered", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    first.make();
    await first.flush();
    first.make();
    await first.halt();
    const second = await newSpool(folder, { boot: bootOf(1), tells: true });
    second.toldUnclean();
    await second.flush();
    expect(second.batches()).toBe(2);
    await second.halt();
    await truncate(await lastFile(folder), 20);
    const third = await newSpool(folder, { boot: bootOf(2), tells: true });
    const tail = { boot: bootOf(0), afterSeq: 1, atMostMs: 5_000 };
    expect(third.unclean).toContainEqual(tail);
    third.toldUnclean();
    await third.flush();
    await third.halt();
    await truncate(await lastFile(folder), 0);
    const fourth = await newSpool(folder, { boot: bootOf(3), tells: true });
    expect(fourth.unclean).toContainEqual(tail);
    fourth.toldUnclean();
    fourth.delivered(fourth.boot, 1, 99);
    for (const boot of [0, 1, 2]) fourth.delivered(bootOf(boot), 1, 99);
    await fourth.flush();
    await fourth.halt();
    const fifth = await newSpool(folder, { boot: bootOf(4) });
    expect(fifth.unclean).toEqual([{ boot: fourth.boot, afterSeq: fourth.state().batches + 3, atMostMs: 5_000 }]);
  });

  it("is not told again while it is kept, and not known as told by a journal line that was never written", async () => {
    const folder = await newFolder();
    await (await newSpool(folder)).halt();
    const second = await newSpool(folder, { boot: bootOf(1), tells: true });
    await copyFile(join(folder, "spool", "journal"), join(folder, "journal"));
    second.toldUnclean();
    await second.stop();
    expect((await newSpool(folder, { boot: bootOf(2) })).unclean).toEqual([]);
    await rename(join(folder, "journal"), join(folder, "spool", "journal"));
    const names = (await newSpool(folder, { boot: bootOf(3) })).unclean.map(({ boot }) => boot);
    expect(names).toContain(bootOf(0));
  });
});

describe("what told of dropped batches", () => {
  it("is not the last word on their boot when flash loses it: the boot is named once more", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    for (let i = 0; i < 3; i++) first.make(60_000, { clock: "unknown" });
    await first.stop();
    const second = await newSpool(folder, { boot: bootOf(1), tells: true, settings: { maxBytes: 1 } });
    second.make();
    await second.flush();
    await second.flush();
    expect(second.dropped.map(({ from, points }) => [from, points.length])).toEqual([
      [1, 2],
      [3, 1],
    ]);
    expect(second.unfinished()).toEqual([]);
    await second.halt();
    for (const name of await files(folder, ".seg")) await truncate(join(folder, "spool", name), 0);
    const third = await newSpool(folder, { boot: bootOf(2) });
    expect(third.unfinished()).toContainEqual({ boot: bootOf(0), lastSeq: 3, total: 6 });
    third.told([bootOf(0), bootOf(1)]);
    expect(third.unfinished()).toEqual([]);
  });
});

describe("how long batches were in memory only", () => {
  it("is told as it was where flash could not be written for longer than its period", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    first.make();
    await first.flush();
    const path = join(folder, "spool");
    const marks = async () => (await readdir(path)).filter((name) => name.startsWith("unflushed-"));
    expect(await marks()).toEqual([`unflushed-${first.boot}-0`]);
    first.make(70_000);
    await first.flush();
    const block = newBlock(path);
    await block.begin();
    for (let i = 0; i < 6; i++) {
      first.make();
      await first.time.advance(5_000);
      await first.flush();
    }
    await first.halt();
    await block.end();
    const second = await newSpool(folder, { boot: bootOf(1), tells: true });
    const [tail] = second.unclean;
    expect(tail).toMatchObject({ boot: bootOf(0), afterSeq: 2 });
    expect(tail?.atMostMs).toBeGreaterThanOrEqual(30_000);
    expect(tail?.atMostMs).toBeLessThanOrEqual(45_000);
    // Known from the journal now, whatever tears what told of it.
    await second.halt();
    expect((await newSpool(folder, { boot: bootOf(2) })).unclean).toContainEqual(tail);
  });

  it("is the period again once flash takes them", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    first.make(70_000);
    await first.flush();
    const block = newBlock(join(folder, "spool"));
    await block.begin();
    first.make();
    await first.time.advance(20_000);
    await first.flush();
    await block.end();
    await first.flush();
    await first.halt();
    expect((await newSpool(folder, { boot: bootOf(1) })).unclean).toMatchObject([{ atMostMs: 5_000 }]);
  });
});

/** Flash that lets names be changed and takes no more batches: folders bear the names of the files to come. */
function newBlock(path: string) {
  const taken = Array.from({ length: 40 }, (_, i) => join(path, `${String(i + 2).padStart(10, "0")}.seg`));
  return {
    begin: () => Promise.all(taken.map((name) => mkdir(name).catch(() => {}))),
    end: () => Promise.all(taken.map((name) => rmdir(name).catch(() => {}))),
  };
}

describe("what an earlier run may have sent", () => {
  const at = Date.UTC(2026, 5, 1);
  const points = (i: number) => telemetry([{ m: "system", at: at + i, f: { load1: i } }]);

  /** How the oldest were made room for. */
  async function overflow(folder: string): Promise<{ why: string; from: number; n: number }[]> {
    const next = await newSpool(folder, {
      boot: bootOf(1),
      tells: true,
      time: fakeTime(at),
      settings: { maxBytes: 1 },
    });
    next.make();
    await next.flush();
    await next.flush();
    return next.dropped
      .filter(({ boot }) => boot === bootOf(0))
      .map(({ why, from, points: { length: n } }) => ({ why, from, n }));
  }

  it("is never replaced by 5-minute values, only dropped: stored beats dropped", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder, { settings: { maxBytes: 1024 * 1024 } });
    for (let i = 0; i < 40; i++) first.make(0, points(i));
    await first.flush();
    const entry = first.entry(first.boot, 1);
    if (entry) await first.text(entry);
    if (entry) entry.everSent = true;
    // As a power cut: no word after the send.
    await first.halt();
    expect(await overflow(folder)).toEqual([{ why: "full", from: 1, n: 40 }]);
  });

  it("is what the journal names ahead, and nothing that no session came to", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    for (let i = 0; i < 40; i++) first.make(0, points(i));
    await first.flush();
    const entry = first.entry(first.boot, 1);
    if (entry) await first.text(entry);
    if (entry) entry.everSent = true;
    first.quiet();
    await first.stop();
    expect(await overflow(folder)).toEqual([
      { why: "full", from: 1, n: 1 },
      { why: "thinned", from: 2, n: 39 },
    ]);
  });

  it("is everything where the journal is lost, or never knew of it", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    for (let i = 0; i < 10; i++) first.make(0, points(i));
    await first.stop();
    await truncate(join(folder, "spool", "journal"), 0);
    expect(await overflow(folder)).toEqual([{ why: "full", from: 1, n: 10 }]);
  });

  it("is named half a MiB ahead, so that a long backlog costs few lines; an eighth of a small spool", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder, { settings: { maxBytes: 8 * 1024 * 1024 } });
    for (let i = 0; i < 100; i++) spool.make(10_000);
    await spool.flush();
    const read = () => readFile(join(folder, "spool", "journal"), "utf8");
    const send = async (seq: number): Promise<string> => {
      const entry = spool.entry(spool.boot, seq);
      if (entry) await spool.text(entry);
      if (entry) entry.everSent = true;
      return /"sent":(\[[^"}]*\])/.exec((await read()).split('"kept"').at(-1) ?? "")?.[1] ?? "";
    };
    const ahead = Math.ceil(announcedBytes / 10_000);
    expect(await send(1)).toBe(`[[1,${ahead}]]`);
    const length = (await read()).length;
    await send(2);
    expect((await read()).length).toBe(length);
    expect(await send(ahead + 1)).toBe("[[1,100]]");
    const small = await newSpool(await newFolder());
    for (let i = 0; i < 100; i++) small.make(10_000);
    await small.flush();
    const entry = small.entry(small.boot, 1);
    if (entry) await small.text(entry);
    const announced = Array.from({ length: 100 }, (_, i) => small.entry(small.boot, i + 1)?.announced);
    expect(announced.filter(Boolean)).toHaveLength(Math.ceil((1024 * 1024) / 8 / 10_000));
  });
});
