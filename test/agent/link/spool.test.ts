import { readdir, readFile, readlink, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { limits } from "#wire";
import { leftPendingBytes, mostPendingBytes } from "../../../edge-agent/link/spool/upkeep.ts";
import { newFolder } from "../setup.ts";
import { fakeTime } from "../time.ts";
import { bootOf, day, files, newSpool } from "./spools.ts";

const names = (boot: string, ...seqs: number[]): string[] => seqs.map((seq) => `${boot}/${seq}`);

describe("what is kept", () => {
  it("survives a power cut once it is flushed, to the byte", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    const batches = [first.make(), first.make(2_000)];
    await first.flush();
    first.make();
    await first.halt();
    const second = await newSpool(folder, { boot: bootOf(1) });
    expect(await second.all()).toEqual(batches.map((b) => [`${b.boot}/${b.seq}`, b.text]));
    expect(second.unclean).toEqual([{ boot: bootOf(0), afterSeq: 2, atMostMs: 5_000 }]);
    expect(second.unfinished()).toEqual([{ boot: bootOf(0), lastSeq: 2, total: batches[1]?.total }]);
  });

  it("is let go when the power is cut in the middle of a flush: no file stays open", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    spool.make();
    const flushing = spool.flush();
    await spool.halt();
    await flushing;
    const open = await Promise.all(
      (await readdir("/proc/self/fd")).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
    );
    expect(open.filter((path) => path.startsWith(folder))).toEqual([]);
  });

  it("is flushed by itself, and a clean stop leaves nothing in memory only", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    const batch = first.make();
    await first.time.advance(5_000);
    await first.flush();
    expect(first.entry(batch.boot, 1)?.place).toBeDefined();
    first.make();
    await first.stop();
    const second = await newSpool(folder, { boot: bootOf(1) });
    expect((await second.all()).map(([name]) => name)).toEqual(names(bootOf(0), 1, 2));
    expect(second.unclean).toEqual([]);
  });

  it("never touches flash when it is delivered before its flush", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    const written = spool.writtenBytes();
    for (let i = 1; i <= 20; i++) {
      spool.make();
      spool.delivered(spool.boot, i, i);
      await spool.time.advance(5_000);
    }
    expect(spool.writtenBytes()).toBe(written);
    expect(await files(folder, ".seg")).toEqual([]);
  });

  it("is marked in the journal every five minutes, so that a power cut tells how far the boot was", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    spool.make();
    spool.delivered(spool.boot, 1, 1);
    await spool.time.advance(5 * 60_000);
    spool.make();
    spool.delivered(spool.boot, 2, 2);
    await spool.time.advance(5_000);
    await spool.flush();
    await spool.halt();
    expect((await newSpool(folder, { boot: bootOf(1) })).unclean).toEqual([
      { boot: bootOf(0), afterSeq: 2, atMostMs: 5_000 },
    ]);
  });

  it("is not in the journal before it is on flash, also when it was made in the middle of a flush", async () => {
    const folder = await newFolder();
    let midway: () => void = () => {};
    const time = fakeTime();
    const now = () => {
      queueMicrotask(midway);
      return time.now();
    };
    const spool = await newSpool(folder, { time, now });
    spool.make();
    // The first is being written when the second comes; then the power is cut.
    midway = () => void spool.make();
    await spool.flush();
    midway = () => {};
    await spool.halt();
    const second = await newSpool(folder, { boot: bootOf(1) });
    expect(second.unclean).toEqual([{ boot: bootOf(0), afterSeq: 1, atMostMs: 5_000 }]);
    expect(second.unfinished()).toMatchObject([{ boot: bootOf(0), lastSeq: 1 }]);
  });

  it("is told as lost at the end only once, also when nothing was kept", async () => {
    const folder = await newFolder();
    await (await newSpool(folder)).halt();
    const second = await newSpool(folder, { boot: bootOf(1) });
    expect(second.unclean).toEqual([{ boot: bootOf(0), afterSeq: 0, atMostMs: 5_000 }]);
    second.toldUnclean();
    await second.stop();
    const third = await newSpool(folder, { boot: bootOf(2) });
    expect(third.unclean).toEqual([]);
    expect(third.unfinished()).toEqual([]);
  });

  it("is not sent again after it was delivered, and its file goes", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    for (let i = 0; i < 3; i++) first.make();
    await first.flush();
    first.delivered(first.boot, 1, 2);
    await first.flush();
    await first.halt();
    const second = await newSpool(folder, { boot: bootOf(1) });
    second.toldUnclean();
    expect((await second.all()).map(([name]) => name)).toEqual(names(bootOf(0), 3));
    second.delivered(bootOf(0), 1, Number.MAX_SAFE_INTEGER);
    await second.flush();
    expect(await files(folder, ".seg")).toEqual([]);
    expect(second.unfinished()).toEqual([]);
  });

  it("does not come back from a file that other batches keep alive", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    first.make(100, { keep: true });
    await first.stop();
    const second = await newSpool(folder, { boot: bootOf(1) });
    // A full spool moves what is never dropped into the file that is being written.
    for (let i = 0; i < 60; i++) {
      second.make(30_000);
      await second.flush();
    }
    const place = second.entry(bootOf(0), 1)?.place;
    expect(place?.segment).toBeGreaterThan(1);
    second.delivered(bootOf(0), 1, 1);
    await second.stop();
    expect(await files(folder, `${place?.segment}.seg`)).toHaveLength(1);
    const third = await newSpool(folder, { boot: bootOf(2) });
    expect(third.entry(bootOf(0), 1)).toBeUndefined();
    expect(third.unfinished().map((u) => u.boot)).toEqual([bootOf(1)]);
    third.delivered(bootOf(1), 1, 60);
    await third.stop();
    await newSpool(folder, { boot: bootOf(3) });
    const journal = await readFile(join(folder, "spool", "journal"), "utf8");
    expect(journal.split(bootOf(0)).at(-1)).toContain('"over":true');
  });

  it("ignores deliveries of what it never had", async () => {
    const spool = await newSpool(await newFolder());
    spool.make();
    expect(spool.delivered(bootOf(9), 1, 5)).toEqual([]);
    expect(spool.delivered(spool.boot, 2, Number.MAX_SAFE_INTEGER)).toEqual([]);
    expect(spool.delivered(spool.boot, 5, 1)).toEqual([]);
    expect(spool.state().batches).toBe(1);
  });

  it("waits for the time where its boot does not know it, and then has it for good", async () => {
    const folder = await newFolder();
    const text = JSON.stringify({ at: 7, clock: "unknown", points: [{ at: 5 }] }) as never;
    const first = await newSpool(folder, { now: () => undefined });
    first.make(0, { clock: "unknown", text });
    await first.flush();
    expect(await first.all()).toEqual([]);
    await first.learn(1_000_000);
    const sent = await first.all();
    expect(sent[0]?.[1]).toBe(JSON.stringify({ at: 1_000_007, clock: "corrected", points: [{ at: 1_000_005 }] }));
    await first.halt();
    const second = await newSpool(folder, { boot: bootOf(1) });
    expect(await second.all()).toEqual(sent);
  });

  it("goes out as unknown where its boot never learnt the time", async () => {
    const folder = await newFolder();
    const text = JSON.stringify({ at: 7, clock: "unknown", points: [] }) as never;
    const first = await newSpool(folder, { now: () => undefined });
    first.make(0, { clock: "unknown", text });
    await first.stop();
    const second = await newSpool(folder, { boot: bootOf(1) });
    expect(await second.all()).toEqual([[`${bootOf(0)}/1`, text]]);
  });
});

describe("the spool's bounds", () => {
  it("drop the oldest that was never sent, and tell exactly what", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    const made: number[] = [];
    for (let i = 0; i < 60; i++) {
      made.push(spool.make(30_000, { keep: i === 2 }).points);
      const entry = spool.entry(spool.boot, i + 1);
      if (entry && i < 2) entry.everSent = true;
      await spool.flush();
    }
    const bytes = (await Promise.all((await files(folder, ".seg")).map((n) => stat(join(folder, "spool", n))))).reduce(
      (sum, s) => sum + s.size,
      0,
    );
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(spool.bytes()).toBe(bytes);
    const gone = spool.dropped.flatMap((run) => run.points.map((points, i) => [run.from + i, points]));
    const here = (await spool.all()).map(([name]) => Number(name.split("/")[1]));
    expect(here.slice(0, 3)).toEqual([1, 2, 3]);
    expect([...here, ...gone.map(([seq]) => seq ?? 0)].sort((a, b) => a - b)).toEqual(made.map((_, i) => i + 1));
    for (const [seq = 0, points] of gone) expect(points).toBe(made[seq - 1]);
    for (const { why, before, from } of spool.dropped) {
      expect(why).toBe("full");
      expect(before).toBe(made.slice(0, from - 1).reduce((sum, n) => sum + n, 0));
    }
    expect((await spool.all()).every(([, text]) => text !== undefined)).toBe(true);
  });

  it("drop what is older than the controller takes, unless it is on its way", async () => {
    const time = fakeTime();
    const spool = await newSpool(await newFolder(), { time, inFlight: (entry) => entry.seq === 2 });
    for (let i = 0; i < 3; i++) spool.make();
    await time.advance(10 * day - 1_000);
    spool.make();
    await time.advance(1_001);
    await spool.flush();
    expect(spool.dropped.map((d) => [d.from, d.points.length, d.why])).toEqual([
      [1, 1, "age"],
      [3, 1, "age"],
    ]);
    expect((await spool.all()).map(([name]) => name)).toEqual(names(spool.boot, 2, 4));
  });

  it("hold 2 MiB in memory while flash can't be written, and write it once it can", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder, { settings: { maxBytes: 64 * 1024 * 1024 } });
    await rename(join(folder, "spool"), join(folder, "away"));
    for (let i = 0; i < 50; i++) spool.make(60_000);
    await spool.flush();
    expect(spool.log.lines.filter((l) => l.startsWith("error"))).toHaveLength(1);
    expect(spool.bytes()).toBeLessThanOrEqual(mostPendingBytes);
    expect(spool.bytes()).toBeGreaterThan(leftPendingBytes - 70_000);
    expect(spool.dropped.reduce((sum, d) => sum + d.points.length, 0)).toBe(50 - spool.state().batches);
    const here = await spool.all();
    await rename(join(folder, "away"), join(folder, "spool"));
    await spool.flush();
    expect(spool.log.lines.at(-1)).toContain("can be written again");
    await spool.halt();
    const next = await newSpool(folder, { boot: bootOf(1), settings: { maxBytes: 64 * 1024 * 1024 } });
    expect(await next.all()).toEqual(here);
  });

  it("list 32 held ranges: those with the most points, never across a gap", async () => {
    const spool = await newSpool(await newFolder());
    const made = Array.from({ length: 80 }, (_, i) => spool.make(50, { points: i < 20 ? 1 : 5 }));
    for (let seq = 2; seq <= 80; seq += 2) spool.delivered(spool.boot, seq, seq);
    const { held, batches, points } = spool.state();
    expect(held).toHaveLength(limits.heldRanges);
    expect([batches, points]).toEqual([40, 10 + 30 * 5]);
    expect(held.every((h) => h.from === h.to && h.from % 2 === 1)).toBe(true);
    expect(held.filter((h) => h.points === 5)).toHaveLength(30);
    for (const h of held) expect(h.before).toBe((made[h.from - 1]?.total ?? 0) - h.points);
    expect(held.map((h) => h.from)).toEqual(held.map((h) => h.from).sort((a, b) => a - b));
  });

  it("list contiguous sequences as one range, and 32 unfinished boots, the oldest", async () => {
    const folder = await newFolder();
    for (let i = 0; i < 34; i++) {
      const spool = await newSpool(folder, { boot: bootOf(i) });
      for (let n = 0; n < 3; n++) spool.make();
      await spool.stop();
    }
    const last = await newSpool(folder, { boot: bootOf(34) });
    expect(last.unfinished().map((u) => u.boot)).toEqual(Array.from({ length: 32 }, (_, i) => bootOf(i)));
    // The newest of them has the most to keep: of a boot that no birth names, nothing would be believed.
    const named = last.unfinished().map((u) => u.boot);
    for (let n = 0; n < 4; n++) last.make();
    const { held } = last.state();
    expect(held.map((h) => h.boot)).toContain(last.boot);
    expect(held.every((h) => h.boot === last.boot || named.includes(h.boot))).toBe(true);
    expect(last.state().held[0]).toEqual({ boot: bootOf(0), from: 1, to: 3, points: 6, before: 0 });
  });

  it("write the journal anew when it has grown to 256 KiB", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    let longest = 0;
    for (let i = 0; i < 1000; i++) spool.make(20);
    for (let i = 1; i <= 1000; i += 2) {
      spool.delivered(spool.boot, i, i);
      if (i % 10 === 1) await spool.flush();
      longest = Math.max(longest, (await stat(join(folder, "spool", "journal"))).size);
    }
    expect(longest).toBeGreaterThan(128 * 1024);
    expect(longest).toBeLessThanOrEqual(256 * 1024);
    await spool.flush();
    await spool.halt();
    const next = await newSpool(folder, { boot: bootOf(1) });
    expect(next.state().batches).toBe(500);
  });
});
