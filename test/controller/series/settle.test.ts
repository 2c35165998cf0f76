import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StoreAway, type StoredPoint } from "../../../controller/store/series/index.ts";
import { type Line, settle, settleLimits } from "../../../controller/store/series/influx/settle.ts";
import type { Written } from "../../../controller/store/series/influx/transport.ts";

const lineOf = (i: number, more: Partial<StoredPoint> = {}): Line => {
  const point: StoredPoint = { device: "d", m: "system", at: i, tags: {}, fields: { load1: i }, ...more };
  return { point, text: `line-${i}` };
};
const lines = (n: number): Line[] => Array.from({ length: n }, (_, i) => lineOf(i));

/** Stores what it may and refuses as InfluxDB 1.6 does: it tells how many, not which. */
function server(bad: ReadonlySet<string>, refusal: (dropped: string[]) => string) {
  const stored = new Set<string>();
  let requests = 0;
  return {
    stored,
    requests: () => requests,
    async send(body: string): Promise<Written> {
      requests += 1;
      const dropped: string[] = [];
      for (const text of body.split("\n")) {
        if (bad.has(text)) dropped.push(text);
        else stored.add(text);
      }
      return dropped.length === 0 ? { ok: true } : { ok: false, message: refusal(dropped) };
    },
  };
}

const dropped = (texts: string[]) => `partial write: points refused dropped=${texts.length}`;

describe("settling a write", () => {
  it("takes one request when all is well", async () => {
    const well = server(new Set(), dropped);
    expect(await settle(lines(5_000), well.send)).toEqual(Array(5_000).fill({ ok: true }));
    expect(well.requests()).toBe(1);
    expect(await settle([], well.send)).toEqual([]);
    expect(well.requests()).toBe(1);
  });

  it("finds exactly the refused points, wherever they are, and stores all others", async () => {
    const some = fc.uniqueArray(fc.integer({ min: 0, max: 199 }), { maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(some, async (places) => {
        const all = lines(200);
        const bad = new Set(places.map((place) => `line-${place}`));
        const picky = server(bad, dropped);
        const outcomes = await settle(all, picky.send);
        const refused = { ok: false, why: "points refused" };
        expect(outcomes).toEqual(all.map(({ text }) => (bad.has(text) ? refused : { ok: true })));
        expect(all.filter(({ text }) => picky.stored.has(text) === bad.has(text))).toEqual([]);
      }),
    );
  });

  it("needs few requests where the refusal says which measurement and field it means", async () => {
    const all = Array.from({ length: 1_000 }, (_, i) => lineOf(i, i % 2 ? {} : { m: "probe", fields: { success: 1 } }));
    const bad = new Set(all.filter((line) => line.point.m === "probe").map((line) => line.text));
    const message = (texts: string[]) =>
      `partial write: field type conflict: input field "success" on measurement "probe" is type float, ` +
      `already exists as type string dropped=${texts.length}`;
    const picky = server(bad, message);
    const outcomes = await settle(all, picky.send);
    expect(outcomes.filter((outcome) => !outcome.ok)).toHaveLength(500);
    expect(picky.stored.size).toBe(500);
    expect(picky.requests()).toBe(3);
  });

  it("reads which lines could not be parsed", async () => {
    const bad = new Set(["line-3", "line-70"]);
    const message = (texts: string[]) =>
      `partial write: ${texts.map((text) => `unable to parse '${text}': missing fields`).join("\n")} dropped=0`;
    const picky = server(bad, message);
    const outcomes = await settle(lines(100), picky.send);
    expect(outcomes.flatMap((outcome, i) => (outcome.ok ? [] : [i]))).toEqual([3, 70]);
    expect(picky.requests()).toBeLessThanOrEqual(5);
  });

  it("finds old points by their age", async () => {
    const all = Array.from({ length: 1_024 }, (_, i) => lineOf(i, { at: (i * 7) % 1_024 }));
    const bad = new Set(all.filter((line) => line.point.at < 100).map((line) => line.text));
    const picky = server(bad, (texts) => `partial write: points beyond retention policy dropped=${texts.length}`);
    const outcomes = await settle(all, picky.send);
    expect(outcomes.filter((outcome) => !outcome.ok)).toHaveLength(100);
    expect(picky.requests()).toBeLessThan(30);
  });

  it("gives up telling them apart after a number of requests, and says so", async () => {
    const all = lines(4_000);
    const bad = new Set(all.filter((_, i) => i % 2 === 0).map((line) => line.text));
    const picky = server(bad, dropped);
    const outcomes = await settle(all, picky.send);
    expect(picky.requests()).toBeLessThanOrEqual(settleLimits.requests + 50);
    expect(picky.stored.size).toBe(2_000);
    all.forEach((line, i) => {
      if (bad.has(line.text)) expect(outcomes[i]?.ok).toBe(false);
    });
    expect(outcomes.some((o) => !o.ok && o.why === "refused or among refused: partial write: points refused")).toBe(
      true,
    );
  });

  it("splits a body that is too long", async () => {
    const long = lines(10).map((line) => ({ ...line, text: line.text + "x".repeat(settleLimits.bodyBytes / 4) }));
    const sizes: number[] = [];
    const outcomes = await settle(long, async (body) => {
      sizes.push(body.length);
      return { ok: true };
    });
    expect(outcomes).toHaveLength(10);
    expect(sizes.length).toBe(4);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(settleLimits.bodyBytes);
  });

  it("passes on that the store is away", async () => {
    let requests = 0;
    const send = async (): Promise<Written> => {
      requests += 1;
      if (requests === 3) throw new StoreAway("gone");
      return { ok: false, message: dropped(["one"]) };
    };
    await expect(settle(lines(100), send)).rejects.toThrow(StoreAway);
  });
});
