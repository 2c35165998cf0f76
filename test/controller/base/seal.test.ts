import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSeal, openSeal } from "../../../controller/base/seal.ts";

const seal = createSeal(Buffer.alloc(32, 1));

describe("a sealed text", () => {
  it("opens at its place, and nowhere else, with this key and no other", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (text, about) => {
        const sealed = seal.seal(text, about);
        expect(seal.open(sealed, about)).toBe(text);
        expect(() => seal.open(sealed, `${about}x`)).toThrow();
        expect(() => createSeal(Buffer.alloc(32, 2)).open(sealed, about)).toThrow();
      }),
    );
  });

  it("that was changed by a single bit, or cut, does not open", () => {
    const bytes = Buffer.from(seal.seal("hunter2", "a"), "base64url");
    for (let i = 0; i < bytes.length; i++) {
      const other = Buffer.from(bytes);
      other[i] = (other[i] ?? 0) ^ 1;
      expect(() => seal.open(other.toString("base64url"), "a")).toThrow();
      expect(() => seal.open(bytes.subarray(0, i).toString("base64url"), "a")).toThrow();
    }
  });

  it("is another each time; a digest is the same for the same at the same place", () => {
    expect(seal.seal("a", "b")).not.toBe(seal.seal("a", "b"));
    expect(seal.digest("a", "b")).toBe(seal.digest("a", "b"));
    const others = [seal.digest("b", "b"), seal.digest("a", "c"), createSeal(Buffer.alloc(32, 2)).digest("a", "b")];
    expect(new Set([seal.digest("a", "b"), ...others]).size).toBe(4);
  });
});

describe("the key at rest", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lamplighter-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is made once, for its owner alone", () => {
    const sealed = openSeal(folder).seal("hunter2", "a");
    expect(openSeal(folder).open(sealed, "a")).toBe("hunter2");
    expect(statSync(join(folder, "at-rest.key")).mode & 0o777).toBe(0o600);
  });

  it("is not made anew where it is broken: that would lose what it opens", () => {
    writeFileSync(join(folder, "at-rest.key"), "short\n");
    expect(() => openSeal(folder)).toThrow(/at-rest.key: the key at rest has \d+ bytes; 32 expected/);
    expect(readFileSync(join(folder, "at-rest.key"), "utf8")).toBe("short\n");
  });
});
