import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentDefaults, agentSettings, limits, mergePatch, problemsIn } from "#wire";

describe("what an agent can be told", () => {
  it("may be nothing, or all that the defaults say", () => {
    expect(problemsIn(agentSettings, {})).toEqual([]);
    expect(problemsIn(agentSettings, agentDefaults)).toEqual([]);
  });

  it.each([
    ["wss://lamps.example/mqtt", true],
    ["wss://[2001:db8::1]:8443/mqtt", true],
    ["ws://127.0.0.1:8080/mqtt", true],
    ["ws://[::1]/mqtt", true],
    ["ws://localhost/mqtt", true],
    ["ws://lamps.example/mqtt", false],
    ["ws://127.0.0.1.lamps.example/mqtt", false],
    ["https://lamps.example/", false],
    ["wss://jo@lamps.example/mqtt", false],
    ["wss://", false],
    [`wss://${"a".repeat(1000)}/`, false],
  ])("connects to %s: %s", (controller, is) => {
    expect(problemsIn(agentSettings, { controller }).length === 0).toBe(is);
  });

  it("has no more problems than a report can carry, each short enough for it", () => {
    const wrong = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`${"ü".repeat(2_000)}${i}`, 1]));
    const problems = problemsIn(agentSettings, wrong);
    expect(problems).toHaveLength(limits.configProblems);
    for (const { path } of problems) expect(Buffer.byteLength(path)).toBeLessThanOrEqual(limits.stringBytes);
  });
});

describe("a merge patch", () => {
  it("is RFC 7396's", () => {
    const cases: [unknown, unknown, unknown][] = [
      [{ a: "b" }, { a: "c" }, { a: "c" }],
      [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
      [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
      [{ a: ["b"] }, { a: "c" }, { a: "c" }],
      [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
      [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
      [["a"], { a: "b" }, { a: "b" }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ];
    for (const [target, patch, result] of cases) expect(mergePatch(target, patch)).toEqual(result);
  });

  it("changes neither side, and twice is once", () => {
    const object = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(object, object, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        const once = mergePatch(target, patch);
        expect(JSON.stringify([target, patch])).toBe(before);
        expect(mergePatch(once, patch)).toEqual(once);
      }),
    );
  });

  it("reaches no prototype", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":1}}')) as object;
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });
});
