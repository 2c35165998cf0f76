import { stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentDefaults } from "#wire";
import { openApply } from "../../../edge-agent/apply/index.ts";
import { mostAside, rangesInLine } from "../../../edge-agent/link/spool/journal.ts";
import { openIdentity } from "../../../edge-agent/trust/index.ts";
import { noFiles } from "../apply/estate.ts";
import { newFolder, newLog } from "../setup.ts";
import { fakeTime } from "../time.ts";
import { bootOf, files, newSpool } from "./spools.ts";

const sizeOf = async (...path: string[]): Promise<number> => (await stat(join(...path))).size;

describe("the journal's bounds", () => {
  it("hold 512 delivered ranges of a boot; what is beyond them is sent again after a restart", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    for (let i = 0; i < 2 * rangesInLine + 100; i++) spool.make(20);
    await spool.flush();
    for (let seq = 2; seq <= 2 * rangesInLine + 100; seq += 2) spool.delivered(spool.boot, seq, seq);
    await spool.stop();
    const next = await newSpool(folder, { boot: bootOf(1) });
    expect(next.batches()).toBe(rangesInLine + 100);
  });

  it("hold the last 64 batches of a boot that were set aside", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    for (let i = 0; i < mostAside + 6; i++) {
      const { boot, seq } = spool.make(20);
      const entry = spool.entry(boot, seq);
      if (entry) spool.setAside(entry);
    }
    await spool.stop();
    const next = await newSpool(folder, { boot: bootOf(1) });
    expect(next.allAside().map(({ seq }) => seq)).toEqual(Array.from({ length: mostAside }, (_, i) => i + 7));
  });

  it("lose no more than one line where that is torn: what was written behind it is read", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    first.make();
    await first.flush();
    await first.halt();
    const path = join(folder, "spool", "journal");
    await truncate(path, (await sizeOf(path)) - 5);
    const second = await newSpool(folder, { boot: bootOf(1) });
    expect(second.unreadable()).toBe(1);
    expect(second.batches()).toBe(1);
    second.toldUnclean();
    await second.stop();
    const third = await newSpool(folder, { boot: bootOf(2) });
    expect([third.unreadable(), third.unclean]).toEqual([0, []]);
  });
});

describe("a boot whose beginning was torn off the journal", () => {
  it("ended without a word all the same", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    first.delivered(first.boot, first.make().seq, 1);
    await first.flush();
    await first.halt();
    await truncate(join(folder, "spool", "journal"), 5);
    const second = await newSpool(folder, { boot: bootOf(1) });
    expect(second.unclean).toEqual([{ boot: bootOf(0), afterSeq: 0, atMostMs: 5_000 }]);
    second.toldUnclean();
    await second.stop();
    await truncate(join(folder, "spool", "journal"), 0);
    expect((await newSpool(folder, { boot: bootOf(2) })).unclean).toEqual([
      { boot: bootOf(1), afterSeq: 0, atMostMs: 5_000 },
    ]);
  });
});

describe("bytes written to flash", () => {
  it("are all that go into the spool's files, also what a start writes anew", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    const inFiles = async (): Promise<number> => {
      const names = [...(await files(folder, ".seg")), "journal", "boot"];
      return (await Promise.all(names.map((name) => sizeOf(folder, "spool", name)))).reduce((a, b) => a + b, 0);
    };
    for (let i = 0; i < 5; i++) {
      spool.make(30_000);
      spool.delivered(spool.boot, i, i - 1);
      await spool.flush();
    }
    expect(spool.writtenBytes()).toBe(await inFiles());
    await spool.stop();
    const before = await inFiles();
    const next = await newSpool(folder, { boot: bootOf(1) });
    const journal = await sizeOf(folder, "spool", "journal");
    expect(next.writtenBytes()).toBe(journal + (await sizeOf(folder, "spool", "boot")));
    expect(next.writtenBytes()).toBeGreaterThan(0);
    expect(before).toBeGreaterThan(150_000);
  });

  it("are those of identity and configuration as well", async () => {
    const folder = await newFolder();
    const identity = await openIdentity(folder);
    const once = await sizeOf(folder, "identity.json");
    expect(identity.writtenBytes()).toBe(once);
    await identity.change({ floor: 12 });
    expect(identity.writtenBytes()).toBe(once + (await sizeOf(folder, "identity.json")));
    const apply = await openApply({
      time: fakeTime(),
      log: newLog(),
      ...noFiles(folder),
      dataDir: folder,
      own: agentDefaults,
    });
    expect(apply.writtenBytes()).toBe(0);
    apply.opened(1);
    apply.desired({ revision: 1, trialMs: 60_000, document: {} }, "{}");
    await apply.stop();
    expect(apply.writtenBytes()).toBe(await sizeOf(folder, "apply.json"));
  });
});
