import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogue } from "#wire";
import { createPacker, createUnpacker, type Packed } from "../../../controller/store/series/embedded/pack.ts";
import type { StoredPoint } from "../../../controller/store/series/index.ts";
import { codePoint } from "../../code-point.ts";

const pack = createPacker(catalogue);
const rows = createUnpacker(catalogue);
const fieldNames = (m: string) => Object.keys(catalogue[m as keyof typeof catalogue].fields);

const unpacked = (packed: Packed): StoredPoint[] =>
  [...rows(packed)].map(({ values, ...point }) => {
    const given = fieldNames(point.m).map((name, i) => [name, values[i]] as const);
    return {
      ...point,
      fields: Object.fromEntries(given.filter(([, value]) => value !== null)) as StoredPoint["fields"],
    };
  });

const measurements = Object.keys(catalogue) as (keyof typeof catalogue)[];

/** Any point that the catalogue has, with any text and number in it. */
const pointOf = (m: keyof typeof catalogue): fc.Arbitrary<StoredPoint> => {
  const fields: Record<string, fc.Arbitrary<number | string>> = {};
  for (const [name, { type }] of Object.entries<{ type: string }>(catalogue[m].fields))
    fields[name] =
      type === "number"
        ? fc.double({ noNaN: true, noDefaultInfinity: true })
        : fc.string({ unit: codePoint, maxLength: 6 });
  const tags = Object.fromEntries(
    Object.keys(catalogue[m].tags).map((tag) => [tag, fc.string({ unit: "grapheme", maxLength: 6 })]),
  );
  return fc.record({
    device: fc.stringMatching(/^[a-z0-9-]{1,8}$/),
    m: fc.constant(m as string),
    at: fc.integer({ min: 0, max: 9_000_000_000_000 }),
    tags: fc.record(tags) as fc.Arbitrary<Record<string, string>>,
    fields: fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Record<string, number | string>>,
  });
};
const point = fc.oneof(...measurements.map(pointOf));

describe("points on their way to the worker", () => {
  it("come out as they went in, in order", () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 4 }), (points) => {
        const plain = (some: StoredPoint[]) =>
          some.map((one) => ({ ...one, tags: { ...one.tags }, fields: { ...one.fields } }));
        expect(unpacked(pack(points))).toEqual(plain(points));
      }),
      { numRuns: 100 },
    );
  });

  it("cross in one block, however many fields they have", () => {
    const full = (i: number): StoredPoint => ({
      device: `ap-${i}`,
      m: "system",
      at: i,
      tags: {},
      fields: Object.fromEntries(Object.keys(catalogue.system.fields).map((field, n) => [field, n + i])),
    });
    const many = Array.from({ length: 200 }, (_, i) => full(i));
    const packed = pack(many);
    const moved = structuredClone(packed, { transfer: [packed.numbers.buffer as ArrayBuffer] });
    expect(packed.numbers.length).toBe(0);
    expect(unpacked(moved)).toEqual(many);
  });
});
