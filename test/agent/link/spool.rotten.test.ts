import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newFolder } from "../setup.ts";
import { bootOf, files, newSpool } from "./spools.ts";

describe("rotten flash", () => {
  async function kept(folder: string): Promise<void> {
    const spool = await newSpool(folder);
    for (let i = 0; i < 8; i++) {
      spool.make(20_000);
      await spool.flush();
    }
    await spool.stop();
  }

  it("costs what was on it, is told, and is forgotten once the controller knows", async () => {
    const folder = await newFolder();
    await kept(folder);
    const [first] = await files(folder, ".seg");
    await rm(join(folder, "spool", first ?? ""));
    const spool = await newSpool(folder, { boot: bootOf(1) });
    expect(spool.unfinished()).toMatchObject([{ boot: bootOf(0), lastSeq: 8 }]);
    spool.delivered(bootOf(0), 1, 8);
    expect(spool.unfinished()).toMatchObject([{ boot: bootOf(0), lastSeq: 8 }]);
    spool.told([bootOf(0)]);
    expect(spool.unfinished()).toEqual([]);
    await spool.stop();
    expect((await newSpool(folder, { boot: bootOf(2) })).unfinished()).toEqual([]);
  });

  it("is set aside where nothing can be read, and only four such files are kept", async () => {
    const folder = await newFolder();
    await kept(folder);
    for (let i = 90; i < 96; i++) await writeFile(join(folder, "spool", `00000000${i}.seg`), "not a record");
    const spool = await newSpool(folder, { boot: bootOf(1) });
    expect(spool.state().batches).toBe(8);
    expect(await files(folder, ".bad")).toHaveLength(4);
    spool.make();
    await spool.flush();
    expect(await files(folder, "97.seg")).toHaveLength(0);
    expect(await files(folder, "96.seg")).toHaveLength(1);
  });

  it("is told as dropped when it is met on the way out", async () => {
    const folder = await newFolder();
    const spool = await newSpool(folder);
    spool.make(1_000);
    await spool.flush();
    const [name = ""] = await files(folder, ".seg");
    const path = join(folder, "spool", name);
    const bytes = await readFile(path);
    bytes[500] = (bytes[500] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const entry = spool.entry(spool.boot, 1);
    expect(entry && (await spool.text(entry))).toBeUndefined();
    expect(spool.dropped).toMatchObject([{ boot: spool.boot, from: 1, why: "unreadable" }]);
    expect(spool.state().batches).toBe(0);
  });

  it("in the journal loses no batch", async () => {
    const folder = await newFolder();
    await kept(folder);
    await writeFile(join(folder, "spool", "journal"), "not a journal");
    const spool = await newSpool(folder, { boot: bootOf(1) });
    expect(spool.state().batches).toBe(8);
    expect(spool.log.lines.some((l) => l.includes("journal"))).toBe(true);
  });
});
