import { readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Place } from "../../../edge-agent/link/spool/entries.ts";
import { frame } from "../../../edge-agent/link/spool/frames.ts";
import { createReader, readAheadBytes } from "../../../edge-agent/link/spool/reader.ts";
import { newFolder } from "../setup.ts";

/** A file of records of `bytes` each, and where they lie. */
async function written(bytes: number, count: number) {
  const file = join(await newFolder(), "1.seg");
  const frames = Array.from({ length: count }, (_, i) => frame(`{}\n${String(i).padStart(bytes - 11, "x")}`));
  await writeFile(file, Buffer.concat(frames));
  const places = frames.map(({ length }, i): Place => ({ segment: 1, offset: i * length, length }));
  const reader = createReader(() => file);
  const read = async (n: number) => (await reader.read(places[n] as Place))?.replace(/^x+/, "");
  return { file, reader, read };
}

it("reads 64 KiB ahead, and the next ones from the file again", async () => {
  const { file, read } = await written(readAheadBytes / 4, 8);
  expect(await read(0)).toBe("0");
  await unlink(file);
  expect(await Promise.all([1, 2, 3].map(read))).toEqual(["1", "2", "3"]);
  expect(await read(4)).toBeUndefined();
});

it("holds nothing of a file that is forgotten", async () => {
  const { file, reader, read } = await written(1_000, 2);
  expect(await read(0)).toBe("0");
  await unlink(file);
  reader.forget(1);
  expect(await read(1)).toBeUndefined();
});

it("asks the file once more about a record that it read while it was being written", async () => {
  const { file, read } = await written(1_000, 3);
  const whole = await readFile(file);
  await writeFile(file, Buffer.concat([whole.subarray(0, 1_500), Buffer.alloc(1_500)]));
  expect(await read(0)).toBe("0");
  await writeFile(file, whole);
  expect(await read(1)).toBe("1");
});

it("takes a record that is longer than what it reads ahead", async () => {
  const { read } = await written(readAheadBytes + 10_000, 2);
  expect([await read(1), await read(0)]).toEqual(["1", "0"]);
});
