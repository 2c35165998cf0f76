import { chmod, mkdir, open, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { longestBytes, mostReadBytes } from "../../../edge-agent/link/spool/journal.ts";
import { keptBad, longestFileBytes } from "../../../edge-agent/link/spool/load.ts";
import { undo } from "../../undo.ts";
import { newFolder } from "../setup.ts";
import { bootOf, files, newSpool } from "./spools.ts";

/** A spool's folder: four files of two batches each, and a journal that knows three of the batches as delivered. */
interface Disk {
  segments: Map<string, Buffer>;
  journal: Buffer;
  /** Of the batches that are still wanted. */
  texts: Map<string, string>;
}

async function newDisk(): Promise<Disk> {
  const folder = await newFolder();
  const spool = await newSpool(folder);
  const texts = new Map<string, string>();
  for (let i = 0; i < 8; i++) {
    const batch = spool.make(40_000 + i);
    texts.set(`${batch.boot}/${batch.seq}`, batch.text);
    if (i % 2 === 1) await spool.flush();
  }
  for (const seq of [1, 4, 5]) {
    spool.delivered(spool.boot, seq, seq);
    texts.delete(`${spool.boot}/${seq}`);
  }
  await spool.flush();
  await spool.halt();
  const read = (name: string): Promise<Buffer> => readFile(join(folder, "spool", name));
  const names = await files(folder, ".seg");
  const segments = new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
  const disk = { segments, journal: await read("journal"), texts };
  await undo();
  return disk;
}

/** What a power cut or bad flash does to one file. */
const damage = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at: fc.nat() }),
  fc.record({ kind: fc.constant("zeroed" as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant("garbage" as const),
    at: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  }),
  fc.record({ kind: fc.constant("gone" as const) }),
);
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Buffer, how: Damage): Buffer | undefined {
  if (how.kind === "gone") return undefined;
  const at = how.at % (bytes.length + 1);
  if (how.kind === "cut") return bytes.subarray(0, at);
  const copy = Buffer.from(bytes);
  // The length of a file is on disk before its content is: pages of nothing.
  if (how.kind === "zeroed") copy.fill(0, Math.floor(at / 4096) * 4096);
  else copy.set(how.bytes.subarray(0, copy.length - at), at);
  return copy;
}

describe("after any crash", () => {
  let disk: Disk;
  beforeAll(async () => {
    disk = await newDisk();
  });

  it("the rest is used, nothing is made up, what is lost is counted, and it goes on", async () => {
    const { segments, journal, texts } = disk;
    const which = fc.array(fc.tuple(fc.nat(segments.size), damage), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(which, async (all) => {
        const folder = await newFolder();
        await mkdir(join(folder, "spool"));
        const hurt = new Map(all);
        const put = (name: string, bytes: Buffer | undefined) => bytes && writeFile(join(folder, "spool", name), bytes);
        let number = 0;
        const whole = new Set<string>();
        for (const [name, bytes] of segments) {
          const how = hurt.get(number);
          const now = how ? damaged(bytes, how) : bytes;
          await put(name, now);
          for (const [batch, text] of texts) if (now?.includes(text) && bytes.includes(text)) whole.add(batch);
          number++;
        }
        const journalHurt = hurt.get(number);
        await put("journal", journalHurt ? damaged(journal, journalHurt) : journal);

        const spool = await newSpool(folder, { boot: bootOf(1) });
        const here = new Map(await spool.all());
        const delivered = [1, 4, 5].map((seq) => `${bootOf(0)}/${seq}`);
        for (const [name, text] of here) {
          // Without its journal it may send again what was delivered, never anything else.
          if (journalHurt && delivered.includes(name)) continue;
          expect(text).toBe(texts.get(name));
        }
        const lost = [...texts.keys()].filter((name) => !here.has(name));
        // A record whose head is torn is lost although its text is whole.
        expect(lost.filter((name) => whole.has(name)).length).toBeLessThanOrEqual(hurt.size);
        if (lost.length > 0 && !journalHurt) {
          expect(spool.unfinished()).toMatchObject([{ boot: bootOf(0), lastSeq: 8 }]);
        }
        if ([...hurt.values()].some(({ kind }) => kind === "garbage") && lost.length > 0)
          expect(spool.unreadable()).toBeGreaterThan(0);
        const more = spool.make();
        await spool.stop();
        const next = await newSpool(folder, { boot: bootOf(2) });
        expect(new Map(await next.all()).get(`${bootOf(1)}/${more.seq}`)).toBe(more.text);
        expect(new Map(await next.all()).size).toBe(here.size + 1);
        // What could not be read is set aside: the second start finds nothing new.
        if (!journalHurt && lost.length === 0) expect(next.unreadable()).toBeLessThanOrEqual(spool.unreadable());
        await next.halt();
        await rm(folder, { recursive: true });
      }),
      { numRuns: 40 },
    );
  }, 20_000);
});

describe("a file that is no segment", () => {
  const name = "0000000009.seg";
  const cases: [string, (path: string) => Promise<void>, counted: number][] = [
    ["a folder", (path) => mkdir(path).then(() => {}), 1],
    ["empty", (path) => writeFile(path, ""), 0],
    [
      "not to be read",
      async (path) => {
        await writeFile(path, "secret");
        await chmod(path, 0);
      },
      1,
    ],
    [
      "1 GiB long",
      async (path) => {
        await (await open(path, "w")).close();
        await truncate(path, 1024 ** 3);
      },
      1,
    ],
  ];
  it.each(cases)("is set aside and counted when it is %s, and the agent goes on", async (_, make, counted) => {
    const folder = await newFolder();
    await mkdir(join(folder, "spool"));
    await make(join(folder, "spool", name));
    const began = process.memoryUsage.rss();
    const spool = await newSpool(folder);
    expect(process.memoryUsage.rss() - began).toBeLessThan(100 * 1024 * 1024);
    expect(spool.unreadable()).toBe(counted);
    expect(await files(folder, name)).toEqual([]);
    spool.make();
    await spool.stop();
    const next = await newSpool(folder, { boot: bootOf(1) });
    expect([next.unreadable(), next.batches()]).toEqual([0, 1]);
    for (const bad of await files(folder, ".bad")) {
      const { size } = await stat(join(folder, "spool", bad));
      expect(size).toBeLessThanOrEqual(longestFileBytes);
    }
  });

  it("is kept for a person to look at, four of them", () => expect(keptBad).toBe(4));
});

describe("a journal that is none", () => {
  it.each([
    ["a folder", (path: string) => mkdir(path).then(() => {})],
    [
      "too long",
      async (path: string) => {
        await writeFile(path, "");
        await truncate(path, mostReadBytes + 1);
      },
    ],
  ])("is set aside and counted when it is %s", async (_, make) => {
    const folder = await newFolder();
    await mkdir(join(folder, "spool"));
    await make(join(folder, "spool", "journal"));
    const spool = await newSpool(folder);
    expect(spool.unreadable()).toBe(1);
    spool.make();
    await spool.stop();
    const next = await newSpool(folder, { boot: bootOf(1) });
    expect([next.unreadable(), next.batches(), next.unclean]).toEqual([0, 1, []]);
    expect((await stat(join(folder, "spool", "journal"))).size).toBeLessThan(longestBytes);
  });
});
