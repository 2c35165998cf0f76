import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits, type Point } from "#wire";
import type { Dropped } from "../../../edge-agent/link/spool/index.ts";
import { mostKeptShare, mostThinnedShare } from "../../../edge-agent/link/spool/room.ts";
import { newFolder } from "../setup.ts";
import { fakeTime } from "../time.ts";
import { bootOf, day, files, newSpool, telemetry } from "./spools.ts";

const mega = 1024 * 1024;
const filler = "x".repeat(400);

/** What a router measures every 10 s, made larger, so that a small spool is soon full. */
const round = (at: number): Point[] => [
  { m: "system", at, f: { load1: 1 } },
  ...Array.from({ length: 20 }, (_, i) => ({
    m: "temperature",
    at,
    t: { sensor: `${i}${filler}` },
    f: { temperature_celsius: i },
  })),
];

async function fill(spool: Awaited<ReturnType<typeof newSpool>>, rounds: number, more = {}): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    spool.make(0, { ...telemetry(round(spool.time.now())), ...more });
    await spool.time.advance(10_000);
    await spool.flush();
  }
}

const bytesOf = async (folder: string): Promise<number> => {
  const all = await Promise.all((await files(folder, ".seg")).map((name) => readFile(join(folder, "spool", name))));
  return all.reduce((sum, { length }) => sum + length, 0);
};

/** Every batch of these that is here, and every one that was told, and why. */
async function accounted(spool: Awaited<ReturnType<typeof newSpool>>) {
  const here = await spool.all();
  const messages = here.map(([name, text]) => ({ name, ...(JSON.parse(text ?? "{}") as Message) }));
  const told = messages.flatMap(({ detail = [] }) => detail);
  const gone = new Map(
    told.flatMap(({ boot, from, points, why }) => points.map((_, i) => [`${boot}/${from + i}`, why])),
  );
  return { names: new Set(here.map(([name]) => name)), gone, thinned: messages.filter(({ replaces }) => replaces) };
}
interface Message {
  points?: Point[];
  detail?: Dropped[];
  replaces?: { boot: string; from: number; to: number }[];
}

describe("a full spool", () => {
  it("thins the oldest that was never sent: each batch is here, or told, and stood for by 5-minute values", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder, { tells: true });
    spool.make(0, { ...telemetry(round(spool.time.now())) });
    const sent = spool.entry(spool.boot, 1);
    if (sent) sent.everSent = true;
    await fill(spool, 250);
    expect(await bytesOf(folder)).toBeLessThanOrEqual(mega);
    const { names, gone, thinned } = await accounted(spool);
    expect(names.has(`${spool.boot}/1`)).toBe(true);
    expect(gone.size).toBeGreaterThan(50);
    expect(new Set(gone.values())).toEqual(new Set(["thinned"]));
    for (let seq = 1; seq <= spool.state().batches + gone.size; seq++)
      expect(names.has(`${spool.boot}/${seq}`)).toBe(!gone.has(`${spool.boot}/${seq}`));
    const replaced = thinned.flatMap(({ replaces = [] }) => replaces);
    expect(replaced.reduce((sum, { from, to }) => sum + to - from + 1, 0)).toBe(gone.size);
    expect(thinned.flatMap(({ points = [] }) => points).length).toBeLessThan((gone.size * 21) / 5);
    expect([spool.batches(), spool.points()]).toEqual([spool.state().batches, spool.state().points]);
  });

  it("drops what can't be thinned: events, an unknown time, and series that are measured seldom", async () => {
    for (const more of [{ kind: "event" as const }, { clock: "unknown" as const }]) {
      const spool = await newSpool(await newFolder());
      await fill(spool, 140, more);
      expect(new Set(spool.dropped.map(({ why }) => why))).toEqual(new Set(["full"]));
    }
    const spool = await newSpool(await newFolder());
    for (let i = 0; i < 140; i++) {
      spool.make(0, telemetry(round(spool.time.now())));
      await spool.time.advance(200_000);
      await spool.flush();
    }
    expect(new Set(spool.dropped.map(({ why }) => why))).toEqual(new Set(["full"]));
  });

  it("keeps what is thinned until that fills half of it, then drops the oldest of it", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    const at = spool.time.now();
    for (let i = 0; i < 200; i++) {
      spool.make(0, { ...telemetry(round(at + i)), thinned: true, at: at + i });
      await spool.flush();
    }
    const thinned = (await spool.all()).length;
    expect(spool.dropped.map(({ why }) => why)).toContain("full");
    expect(spool.dropped[0]?.from).toBe(1);
    expect(thinned).toBeGreaterThan(30);
    expect(await bytesOf(folder)).toBeLessThanOrEqual(mega);
    expect(mostThinnedShare).toBe(0.5);
  });

  it("drops what tells of losses only where that fills a quarter of it", async () => {
    const spool = await newSpool(await newFolder());
    for (let i = 0; i < 30; i++) {
      spool.make(8_000, { keep: true, kind: "event" });
      await spool.flush();
    }
    for (let i = 0; i < 60; i++) {
      spool.make(30_000);
      await spool.flush();
    }
    const isKeep = ({ from }: { from: number }): boolean => from <= 30;
    expect(spool.dropped.some(isKeep)).toBe(false);
    for (let i = 0; i < 60; i++) {
      spool.make(8_000, { keep: true, kind: "event" });
      spool.make(30_000);
      await spool.flush();
    }
    expect(spool.dropped.some(isKeep)).toBe(true);
    const kept = [...Array(300).keys()].filter((seq) => spool.entry(spool.boot, seq)?.keep).length;
    expect(kept * 8_000).toBeLessThan(mega * mostKeptShare + 80_000);
  });

  it("drops thinned values by the age of what they hold, not by when they were made", async () => {
    const time = fakeTime();
    const spool = await newSpool(await newFolder(), { time });
    await fill(spool, 5);
    spool.make(0, { ...telemetry(round(time.now())), thinned: true, at: time.now() - 9 * day });
    spool.make(0, { ...telemetry(round(time.now())), thinned: true, at: time.now() - 1 * day });
    await time.advance(day + 1);
    await spool.flush();
    expect(spool.dropped).toMatchObject([{ from: 6, why: "age" }]);
    expect(spool.state().batches).toBe(6);
  });

  it("names at most 256 ranges in one batch, and tells of a spool in shreds in several", async () => {
    const folder = await newFolder();
    const first = await newSpool(folder);
    // Small ones in one file of 64 KiB: every second is delivered.
    const small = (i: number): Point[] => [{ m: "system", at: first.time.now() + i, f: { load1: 1 } }];
    for (let i = 0; i < 600; i++) first.make(0, telemetry(small(i)));
    await first.flush();
    for (let seq = 2; seq <= 600; seq += 2) first.delivered(first.boot, seq, seq);
    await first.stop();
    const spool = await newSpool(folder, { boot: bootOf(1), time: first.time, tells: true });
    await fill(spool, 130);
    const { thinned } = await accounted(spool);
    const ranges = thinned.map(({ replaces = [] }) => replaces.filter(({ boot }) => boot === first.boot).length);
    expect(Math.max(...ranges)).toBe(limits.replacedRanges);
    expect(ranges.reduce((sum, n) => sum + n, 0)).toBe(300);
  });

  it("has either the old batches or what stands for them, wherever the power is cut while it thins", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder, { tells: true });
    const times = 100;
    await fill(spool, times);
    const before = await newFolder();
    await cp(join(folder, "spool"), before, { recursive: true });
    const old = new Map(
      await Promise.all((await readdir(before)).map(async (n) => [n, await readFile(join(before, n))] as const)),
    );
    // A smaller bound, in a boot of its own: everything that it writes is in files behind the old ones.
    await spool.halt();
    const next = await newSpool(folder, { boot: bootOf(1), tells: true, settings: { maxBytes: mega / 2 } });
    next.make(0, telemetry(round(next.time.now())));
    await next.flush();
    await next.halt();
    const written = (await files(folder, ".seg")).filter((name) => !old.has(name));
    expect(written.length).toBeGreaterThan(0);
    const fresh = await Promise.all(written.map((name) => readFile(join(folder, "spool", name))));
    const length = fresh.reduce((sum, bytes) => sum + bytes.length, 0);
    const journal = await readFile(join(folder, "spool", "journal"));
    await fc.assert(
      fc.asyncProperty(fc.nat(length), fc.boolean(), async (cut, journalled) => {
        const other = await newFolder();
        await mkdir(join(other, "spool"));
        const put = (name: string, bytes: Buffer) => writeFile(join(other, "spool", name), bytes);
        for (const [name, bytes] of old) await put(name, bytes);
        if (cut === length && journalled) await put("journal", journal);
        let left = cut;
        for (const [i, bytes] of fresh.entries()) {
          if (left > 0) await put(written[i] ?? "", bytes.subarray(0, left));
          left -= bytes.length;
        }
        const last = await newSpool(other, { boot: bootOf(2), settings: { maxBytes: 64 * mega } });
        const { names, gone, thinned } = await accounted(last);
        const stood = thinned.flatMap(({ replaces = [] }) => replaces);
        for (let seq = 1; seq <= times; seq++) {
          const name = `${bootOf(0)}/${seq}`;
          const replaced = stood.some((r) => r.boot === bootOf(0) && r.from <= seq && seq <= r.to);
          expect(names.has(name) || (gone.get(name) === "thinned" && replaced)).toBe(true);
          // Never both, or the same time would be stored with two values.
          expect(names.has(name) && replaced).toBe(false);
        }
        await last.halt();
        await rm(other, { recursive: true });
      }),
      {
        numRuns: 25,
        examples: [
          [length, false],
          [length, true],
          [0, false],
        ],
      },
    );
  });
});
