import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { downFilters, parseTopic, type Suffix, topicOf, topics } from "#wire";

const device = fc.stringMatching(/^[a-z0-9-]{1,64}$/);
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const suffix = fc.constantFrom(...(Object.keys(topics) as Suffix[]));

describe("topics", () => {
  it("are parsed as they were built", () => {
    fc.assert(
      fc.property(device, suffix, id, (d, s, i) => {
        const withId = s.includes("<id>");
        expect(parseTopic(topicOf(d, s, withId ? i : undefined))).toEqual({
          device: d,
          suffix: s,
          ...(withId ? { id: i } : {}),
        });
      }),
    );
  });

  it("anything else is none", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((s) => `lamplighter/v1/${s}`),
          fc.string().map((s) => `lamplighter/v1/ap-1/${s}`),
        ),
        (text) => {
          const parsed = parseTopic(text);
          if (parsed) expect(topicOf(parsed.device, parsed.suffix, parsed.id)).toBe(text);
        },
      ),
    );
  });

  it("refuses to build what isn't one", () => {
    expect(() => topicOf("AP 1", "telemetry")).toThrow();
    expect(() => topicOf("ap-1", "command/<id>")).toThrow();
    expect(() => topicOf("ap-1", "command/<id>", "a/b")).toThrow();
  });

  it("a device's filters are its down topics, each once", () => {
    expect(downFilters("ap-1")).toEqual([
      "lamplighter/v1/ap-1/delivered",
      "lamplighter/v1/ap-1/welcome",
      "lamplighter/v1/ap-1/config/desired",
      "lamplighter/v1/ap-1/config/confirm",
      "lamplighter/v1/ap-1/command/+",
      "lamplighter/v1/ap-1/firmware/desired",
      "lamplighter/v1/ap-1/keys",
    ]);
  });
});
