import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FolderInUse, holdFolder } from "../../edge-agent/lock.ts";
import { newFolder } from "./setup.ts";

const lockOf = (folder: string): string => join(folder, "agent.lock");

describe("the lock of a data folder", () => {
  it("is had once, and again when it was given back; giving it back twice takes it from nobody", async () => {
    const folder = await newFolder();
    const release = await holdFolder(folder);
    await expect(holdFolder(folder)).rejects.toThrow(FolderInUse);
    await release();
    const next = await holdFolder(folder);
    await release();
    await expect(holdFolder(folder)).rejects.toThrow(`process id ${process.pid} uses it`);
    await next();
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ["an empty file", ""],
    ["no JSON", "\0\0\0"],
    ["another shape", "{}"],
    ["more than it may be", " ".repeat(2_000)],
    ["a number that another program has now", JSON.stringify({ pid: process.pid, started: "1", hostBoot: "" })],
  ])("is taken over from %s", async (_, text) => {
    const folder = await newFolder();
    await writeFile(lockOf(folder), text);
    await holdFolder(folder);
    expect(JSON.parse(await readFile(lockOf(folder), "utf8"))).toMatchObject({ pid: process.pid });
    expect(await readdir(folder)).toEqual(["agent.lock"]);
  });

  it("is taken over from a process that is dead", async () => {
    const folder = await newFolder();
    await (await holdFolder(folder))();
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "close");
    await writeFile(lockOf(folder), JSON.stringify({ pid: child.pid, started: "", hostBoot: "" }));
    await holdFolder(folder);
  });

  it("is one agent's when many start at once", async () => {
    const folder = await newFolder();
    await writeFile(lockOf(folder), "torn");
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => holdFolder(folder)));
    expect(all.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    expect(await readdir(folder)).toEqual(["agent.lock"]);
  });
});
