import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  admit,
  catalogue,
  check,
  decode,
  encode,
  limits,
  type MessageOf,
  messages,
  readJson,
  type Suffix,
  topics,
  utf8Length,
} from "#wire";
import { valid } from "./messages.ts";

const suffixes = Object.keys(topics) as Suffix[];

describe.each(suffixes)("%s", (suffix) => {
  it("comes back as it went out", () => {
    fc.assert(
      fc.property(valid[suffix], (message) => {
        const text = encode(suffix, message as MessageOf<typeof suffix>);
        expect(decode(suffix, text)).toEqual({ ok: true, message: JSON.parse(JSON.stringify(message)) });
        expect(decode(suffix, Buffer.from(text))).toEqual(decode(suffix, text));
      }),
      { numRuns: 40 },
    );
  });

  it("ignores keys that it doesn't know, and never writes them", () => {
    fc.assert(
      fc.property(valid[suffix], (message) => {
        const more = { ...(message as object), zz_unknown: { deep: [1] } };
        const read = decode(suffix, JSON.stringify(more));
        expect(read).toEqual({ ok: true, message: JSON.parse(JSON.stringify(message)) });
        expect(encode(suffix, more as unknown as MessageOf<typeof suffix>)).not.toContain("zz_unknown");
      }),
      { numRuns: 20 },
    );
  });

  it("names what is missing", () => {
    fc.assert(
      fc.property(valid[suffix], fc.nat(), (message, pick) => {
        const keys = Object.keys(message as object).filter((k) => !["t", "of", "replaces", "at", "reason"].includes(k));
        const key = keys[pick % keys.length] as string;
        const { [key]: _gone, ...rest } = message as Record<string, unknown>;
        const read = decode(suffix, JSON.stringify(rest));
        expect(read.ok).toBe(false);
        if (!read.ok) expect(read.problem.length).toBeGreaterThan(5);
      }),
      { numRuns: 20 },
    );
  });

  it("never throws, whatever comes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.uint8Array({ maxLength: 300 })), (garbage) => {
        expect(typeof decode(suffix, garbage).ok).toBe("boolean");
      }),
      { numRuns: 60 },
    );
  });
});

describe("how deep a message may nest", () => {
  const within = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  it("is bounded before anything is made of it", () => {
    expect(readJson(within(limits.jsonDepth), 1e6).ok).toBe(true);
    expect(readJson(within(limits.jsonDepth + 1), 1e6)).toEqual({ ok: false, problem: "nested more than 32 deep" });
    expect(readJson("[".repeat(500_000), 1e6).ok).toBe(false);
  });
  it("is not a matter of what stands in strings", () => {
    const text = fc.string({ unit: fc.constantFrom('"', "\\", "[", "{", "]", "}", "x"), maxLength: 120 });
    fc.assert(
      fc.property(fc.array(fc.dictionary(text, text), { maxLength: 5 }), (value) => {
        expect(readJson(JSON.stringify(value), 1e6)).toEqual({ ok: true, message: value });
      }),
    );
  });
});

describe("limits of the wire", () => {
  const point = { m: "system", at: 1, f: { load1: 1 } };
  const telemetry = (points: unknown[], over: object = {}) => ({
    v: 1,
    boot: "a".repeat(20),
    session: 1,
    seq: 1,
    at: 1,
    upMs: 1,
    clock: "synced",
    total: 1000,
    points,
    ...over,
  });
  const fits = (message: unknown, suffix: Suffix = "telemetry") => decode(suffix, JSON.stringify(message)).ok;

  it("counts UTF-8 bytes", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (s) => utf8Length(s) === Buffer.byteLength(s)));
  });
  it("batch points", () => {
    expect(fits(telemetry(Array.from({ length: limits.batchPoints }, () => point)))).toBe(true);
    expect(fits(telemetry(Array.from({ length: limits.batchPoints + 1 }, () => point)))).toBe(false);
    expect(fits(telemetry([]))).toBe(false);
  });
  it("batch bytes", () => {
    const text = JSON.stringify(telemetry([point]));
    expect(decode("telemetry", text + " ".repeat(limits.batchBytes - text.length)).ok).toBe(true);
    expect(decode("telemetry", text + " ".repeat(limits.batchBytes - text.length + 1)).ok).toBe(false);
  });
  it("strings", () => {
    const tagged = (n: number) => fits(telemetry([{ ...point, t: { x: "é".repeat(n) } }]));
    expect(tagged(limits.stringBytes / 2)).toBe(true);
    expect(tagged(limits.stringBytes / 2 + 1)).toBe(false);
  });
  const named = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`n${i}`, "1"]));
  it("tags and fields", () => {
    expect(fits(telemetry([{ ...point, t: named(limits.tags) }]))).toBe(true);
    expect(fits(telemetry([{ ...point, t: named(limits.tags + 1) }]))).toBe(false);
    expect(fits(telemetry([{ ...point, f: named(limits.fields) }]))).toBe(true);
    expect(fits(telemetry([{ ...point, f: named(limits.fields + 1) }]))).toBe(false);
    expect(fits(telemetry([{ ...point, f: {} }]))).toBe(false);
  });
  it("held, unfinished, delivered", () => {
    const boot = "a".repeat(20);
    const held = (n: number) => ({
      v: 1,
      boot,
      session: 1,
      at: 1,
      seq: 1,
      total: 1,
      config: { revision: 0, hash: "", state: "applied" },
      spool: {
        batches: 1,
        points: 1,
        bytes: 1,
        held: Array.from({ length: n }, () => ({ boot, from: 1, to: 1, points: 1 })),
      },
    });
    expect(fits(held(limits.heldRanges), "heartbeat")).toBe(true);
    expect(fits(held(limits.heldRanges + 1), "heartbeat")).toBe(false);
    const ranges = (n: number) => ({ v: 1, ranges: Array.from({ length: n }, () => ({ boot, from: 1, to: 2 })) });
    expect(fits(ranges(limits.deliveredRanges), "delivered")).toBe(true);
    expect(fits(ranges(limits.deliveredRanges + 1), "delivered")).toBe(false);
  });
  it("says where and what", () => {
    expect(decode("telemetry", JSON.stringify(telemetry([{ ...point, at: "x" }])))).toMatchObject({
      problem: expect.stringMatching(/^points\.0\.at: /),
    });
    expect(check(messages.enrolmentToken, "short")).toMatchObject({ problem: expect.stringContaining("<secret>") });
  });
});

describe("the catalogue", () => {
  it("speaks in units: every number that has one ends with it", () => {
    const endings: Record<string, RegExp> = {
      "%": /_percent$/,
      B: /_bytes$/,
      s: /_seconds$/,
      ms: /_ms$/,
      "°C": /_celsius$/,
      "Mbit/s": /_mbps$/,
    };
    for (const [name, { fields, meaning }] of Object.entries(catalogue)) {
      expect(meaning, name).not.toBe("");
      for (const [field, about] of Object.entries(fields)) {
        expect(about.meaning, field).not.toBe("");
        if (about.unit !== "" && !["rx_bytes", "tx_bytes"].includes(field))
          expect(field).toMatch(endings[about.unit] as RegExp);
      }
    }
  });

  it("admits anything or refuses it with a reason, and never throws", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const said = admit(value);
        if (!said.ok) expect(said.problem).not.toBe("");
      }),
    );
  });

  it("admits every point that follows it, as it is", () => {
    const point = fc.constantFrom(...Object.entries(catalogue)).chain(([m, { tags, fields }]) =>
      fc.record({
        m: fc.constant(m),
        at: fc.nat(),
        t: fc.record(Object.fromEntries(Object.keys(tags).map((k) => [k, fc.string({ minLength: 1, maxLength: 20 })]))),
        f: fc.record(
          Object.fromEntries(
            Object.entries(fields).map(([k, { type }]) => [
              k,
              type === "text" ? fc.string({ maxLength: 20 }) : fc.double({ noNaN: true, noDefaultInfinity: true }),
            ]),
          ),
        ),
      }),
    );
    fc.assert(
      fc.property(point, (p) => {
        expect(admit(p)).toEqual({
          ok: true,
          cut: [],
          point: { m: p.m, at: p.at, tags: { ...p.t }, fields: { ...p.f } },
        });
      }),
    );
  });
});
