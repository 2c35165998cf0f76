import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openIdentity, pseudonymKey } from "../../../edge-agent/trust/index.ts";
import { newFolder } from "../setup.ts";

describe("the identity file", () => {
  it("is made once, readable by its owner only, and the same afterwards", async () => {
    const folder = await newFolder();
    const first = (await openIdentity(folder)).get();
    expect((await stat(join(folder, "identity.json"))).mode & 0o777).toBe(0o600);
    expect((await openIdentity(folder)).get()).toEqual(first);
    expect((await openIdentity(await newFolder())).get().sign.public).not.toBe(first.sign.public);
  });

  it("takes changes one after another, and leaves no half file behind", async () => {
    const folder = await newFolder();
    const file = await openIdentity(folder);
    await Promise.all([file.change({ floor: 1 }), file.change({ floor: 2 }), file.change({ floor: 3 })]);
    expect((await openIdentity(folder)).get().floor).toBe(3);
    expect(await readdir(folder)).toEqual(["identity.json"]);
  });

  it.each([
    ["torn", (text: string) => text.slice(0, 100), /identity\.json: not JSON; restore it/],
    ["of another program", () => '{"format":"other"}', /identity\.json: format: /],
    ["without its key", (text: string) => text.replace(/"private": "[^"]*"/, '"private": ""'), /sign\.private/],
  ])("that is %s stops the start with a sentence, and is not overwritten", async (_, spoil, sentence) => {
    const folder = await newFolder();
    await openIdentity(folder);
    const path = join(folder, "identity.json");
    const spoilt = spoil(await readFile(path, "utf8"));
    await writeFile(path, spoilt);
    await expect(openIdentity(folder)).rejects.toThrow(sentence);
    expect(await readFile(path, "utf8")).toBe(spoilt);
  });

  it("keeps the pseudonym key for a day, over restarts, and forgets it the next", async () => {
    const folder = await newFolder();
    const file = await openIdentity(folder);
    const monday = pseudonymKey(file, "2026-06-01");
    await monday.saved;
    expect(pseudonymKey(await openIdentity(folder), "2026-06-01").key).toBe(monday.key);
    const tuesday = pseudonymKey(file, "2026-06-02");
    await tuesday.saved;
    expect(tuesday.key).not.toBe(monday.key);
    expect(await readFile(join(folder, "identity.json"), "utf8")).not.toContain(monday.key);
  });
});
