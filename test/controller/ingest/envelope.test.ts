import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check, limits, messages } from "#wire";
import { readEnvelope } from "../../../controller/ingest/envelope.ts";

const right = {
  v: 1,
  boot: "abcdefghijklmnopqrst",
  session: 1,
  seq: 1,
  at: 1,
  upMs: 1,
  clock: "synced",
  total: 2,
  points: [{ m: "system" }, 7],
};
const keys = [...Object.keys(right), "replaces", "more"];
const odd = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, 0, -1, 1.5, "", "synced", "unknown", [], [1], {}, 2 ** 53, 2 ** 53 - 1),
  fc.constantFrom<unknown>("abcdefghijklmnopqrs1", [{ boot: right.boot, from: 1, to: 2 }]),
  fc.jsonValue(),
);

describe("the quick way to read an envelope", () => {
  it("says what the schema says wherever it says anything", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...keys), odd), { maxLength: 3 }), (changes) => {
        const message: unknown = JSON.parse(JSON.stringify({ ...right, ...Object.fromEntries(changes) }));
        const quick = readEnvelope(message);
        if (quick === null) return;
        const schema = check(messages.telemetryEnvelope, message);
        expect(schema.ok && schema.message).toMatchObject(quick);
        expect(check(messages.sequenceOnly, message)).toEqual({
          ok: true,
          message: { boot: quick.boot, seq: quick.seq },
        });
      }),
      { numRuns: 200 },
    );
  });

  it("takes the usual message, and leaves what is not one to the schema", () => {
    expect(readEnvelope(right)).toMatchObject({ seq: 1, total: 2 });
    for (const message of [null, 7, [], {}, { ...right, replaces: [] }, { ...right, points: [] }])
      expect(readEnvelope(message)).toBeNull();
    const many = Array.from({ length: limits.batchPoints + 1 }, () => 1);
    expect(readEnvelope({ ...right, points: many })).toBeNull();
    expect(readEnvelope({ ...right, points: many.slice(1) })).not.toBeNull();
  });
});
