import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frame, longestRecordBytes, parseFrames } from "../../../edge-agent/link/spool/frames.ts";
import { inRanges, type Range, rangesOf, sizeOf, withRange } from "../../../edge-agent/link/spool/ranges.ts";
import { codePoint } from "../../code-point.ts";
import { newFolder } from "../setup.ts";
import { bootOf, files, newSpool } from "./spools.ts";

describe("ranges", () => {
  it("are a set of numbers, sorted and apart", () => {
    const span = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 8 }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 20 }), (spans) => {
        const set = new Set<number>();
        let ranges: Range[] = [];
        for (const [from, more] of spans) {
          ranges = withRange(ranges, from, from + more);
          for (let n = from; n <= from + more; n++) set.add(n);
        }
        for (let n = 0; n < 75; n++) expect(inRanges(ranges, n)).toBe(set.has(n));
        expect(sizeOf(ranges)).toBe(set.size);
        expect(rangesOf([...set].sort((a, b) => a - b))).toEqual(ranges);
      }),
    );
  });
});

describe("frames", () => {
  const texts = fc.array(fc.string({ minLength: 1, unit: codePoint }), { minLength: 1, maxLength: 8 });

  it("give back whole what was whole, however the end was cut or a byte turned", () => {
    fc.assert(
      fc.property(
        texts,
        fc.nat(),
        fc.option(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }))),
        (all, cut, turned) => {
          // What UTF-8 cannot hold (a lone half of a pair) never reaches the spool: JSON escapes it.
          const clean = all.map((text) => Buffer.from(text, "utf8").toString("utf8"));
          const frames = clean.map(frame);
          const bytes = Buffer.concat(frames);
          const torn = Buffer.from(bytes.subarray(0, cut % (bytes.length + 1)));
          const at = turned && torn.length > 0 ? turned[0] % torn.length : torn.length;
          if (turned && torn.length > 0) torn[at] = (torn[at] ?? 0) ^ turned[1];
          let end = 0;
          const expected = clean.filter((_, i) => {
            const from = end;
            end += frames[i]?.length ?? 0;
            return end <= torn.length && !(at >= from && at < end);
          });
          const { records, rotten } = parseFrames(torn);
          expect(records.map((r) => r.text)).toEqual(expected);
          expect(rotten === 0).toBe(torn.equals(Buffer.concat(expected.map(frame))));
        },
      ),
    );
  });

  it("are looked for behind rot of any kind, in bounded time", () => {
    const [one, two] = ["one", "two"].map((text) => frame(text.repeat(50)));
    for (const rot of [Buffer.alloc(4096), Buffer.alloc(999, 0xff), Buffer.from("text"), frame("x").subarray(0, 6)]) {
      const { records, rotten } = parseFrames(Buffer.concat([one ?? rot, rot, two ?? rot]));
      expect([records.map((r) => r.text.slice(0, 3)), rotten]).toEqual([["one", "two"], 1]);
    }
    // Every second place looks like the beginning of a long record.
    const tiresome = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < tiresome.length; i += 2) tiresome.writeUInt16BE(1, i);
    const began = performance.now();
    expect(parseFrames(tiresome)).toEqual({ records: [], rotten: 1 });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it("refuse a record over 128 KiB", () => {
    expect(() => frame("x".repeat(longestRecordBytes + 1))).toThrow(/at most 131072/);
    expect(parseFrames(frame("x".repeat(longestRecordBytes))).records).toHaveLength(1);
  });
});

const op = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant("make" as const), bytes: fc.integer({ min: 60, max: 30_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("deliver" as const), nth: fc.nat(30), more: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("flush" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cut" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stop" as const) }) },
);

describe("a spool through power cuts", () => {
  it("has all that was flushed and not delivered, nothing that was never made, and the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(op, { maxLength: 40 }), async (ops) => {
        const folder = await newFolder();
        let boots = 0;
        let spool = await newSpool(folder, { boot: bootOf(boots) });
        const made = new Map<string, string>();
        const flushed = new Set<string>();
        const delivered = new Set<string>();
        const check = async (): Promise<void> => {
          const here = new Map(await spool.all());
          for (const [name, text] of here) expect(text).toBe(made.get(name));
          for (const name of flushed) if (!delivered.has(name)) expect(here.has(name)).toBe(true);
        };
        for (const step of ops) {
          if (step.do === "make") {
            const batch = spool.make(step.bytes);
            made.set(`${batch.boot}/${batch.seq}`, batch.text);
          } else if (step.do === "deliver") {
            const [name] = (await spool.all())[step.nth] ?? [];
            const [boot = "", seq = "0"] = name?.split("/") ?? [];
            const gone = spool.delivered(boot, Number(seq), Number(seq) + step.more);
            for (const entry of gone) delivered.add(`${entry.boot}/${entry.seq}`);
            expect((await spool.all()).some(([n]) => delivered.has(n))).toBe(false);
          } else if (step.do === "flush") {
            await spool.flush();
            for (const name of made.keys()) flushed.add(name);
          } else {
            if (step.do === "stop") for (const name of made.keys()) flushed.add(name);
            await (step.do === "stop" ? spool.stop() : spool.halt());
            spool = await newSpool(folder, { boot: bootOf(++boots) });
            // What was lost in memory is gone for good.
            for (const name of made.keys()) if (!flushed.has(name)) made.delete(name);
            spool.toldUnclean();
            // A delivery that was not in the journal yet is forgotten by a power cut, never by a clean stop.
            const back = (await spool.all()).filter(([name]) => delivered.delete(name));
            expect(step.do === "stop" ? back : []).toEqual([]);
          }
          await check();
        }
        expect(spool.unfinished().every((u) => u.lastSeq > 0 && u.boot !== spool.boot)).toBe(true);
        await spool.halt();
      }),
      { numRuns: 25 },
    );
  }, 20_000);

  it("has the batches before a torn end, wherever it was torn", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    const batches = [spool.make(200), spool.make(300), spool.make(400)];
    await spool.flush();
    await spool.halt();
    const [name = ""] = await files(folder, ".seg");
    const bytes = await readFile(join(folder, "spool", name));
    const journal = await readFile(join(folder, "spool", "journal"));
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), async (cut) => {
        const other = await newFolder();
        await mkdir(join(other, "spool"));
        await writeFile(join(other, "spool", name), bytes.subarray(0, cut));
        await writeFile(join(other, "spool", "journal"), journal);
        const next = await newSpool(other, { boot: bootOf(1) });
        const here = (await next.all()).map(([, text]) => text);
        expect(here).toEqual(batches.slice(0, here.length).map((b) => b.text));
        // The journal knows that there were three.
        expect(next.unfinished()).toEqual([{ boot: bootOf(0), lastSeq: 3, total: batches[2]?.total }]);
        const more = next.make();
        await next.stop();
        const last = await newSpool(other, { boot: bootOf(2) });
        expect((await last.all()).at(-1)).toEqual([`${bootOf(1)}/1`, more.text]);
        await last.halt();
      }),
      { numRuns: 25 },
    );
  });
});
