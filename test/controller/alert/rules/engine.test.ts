import { describe, expect, it } from "vitest";
import { defaultRules } from "../../../../controller/alert/rules/defaults.ts";
import { apply, emptyRules, type RuleNeeds, type Sample } from "../../../../controller/alert/rules/engine.ts";
import { type RuleText, rule } from "../../../../controller/alert/rules/schema.ts";

const minute = 60_000;
const unknown: RuleNeeds = { usual: () => null };

function street(rules: RuleText[], needs = unknown) {
  const state = emptyRules();
  apply(state, { kind: "rules", rules: rules.map((one) => rule.parse(one)) }, needs);
  const subject = { id: "ap-1", site: "library", kind: "access-point", tags: ["indoor"], profile: null };
  apply(state, { kind: "subject", id: "ap-1", is: subject }, needs);
  return {
    state,
    /** One value a minute. */
    feed(values: number[], from = 0, sample: Partial<Sample> = {}) {
      return values.flatMap((value, i) => {
        const whole = {
          device: "ap-1",
          m: "system",
          at: from + (i + 1) * minute,
          tags: {},
          fields: { cpu_percent: value },
        };
        return apply(state, { kind: "sample", sample: { ...whole, ...sample } }, needs).map(({ kind, at, number }) => ({
          kind,
          at: at / minute,
          number,
        }));
      });
    },
    apply: (event: Parameters<typeof apply>[1]) => apply(state, event, needs),
  };
}

const busy: RuleText = {
  id: "busy",
  title: "Busy",
  value: { field: "system.cpu_percent" },
  raise: { above: 90 },
  clear: { below: 80 },
  for: "3m",
  clearFor: "2m",
  samples: 3,
  severity: "warning",
};

describe("a rule on what a device measures", () => {
  it("fires after its time and its samples, and is over when it was good for long enough, since it became good", () => {
    const { feed } = street([busy]);
    expect(feed([50, 95, 96, 97])).toEqual([{ kind: "kept", at: 2, number: 95 }]);
    expect(feed([98, 99], 4 * minute)).toEqual([{ kind: "fired", at: 5, number: 98 }]);
    expect(feed([70, 85, 70, 70, 70], 6 * minute).filter(({ kind }) => kind !== "kept")).toEqual([
      { kind: "resolved", at: 9, number: 70 },
    ]);
  });

  it("says nothing of a blip, and keeps nothing of what is good", () => {
    const { feed, state } = street([busy]);
    expect(feed([95, 95, 70, 70]).map(({ kind }) => kind)).toEqual(["kept", "kept"]);
    feed(
      Array.from({ length: 90 }, () => 50),
      4 * minute,
    );
    expect(state.instances.size).toBe(0);
  });

  it("is not told again by a sample that is older than what is known", () => {
    const { feed } = street([busy]);
    feed([95, 95, 95, 95]);
    expect(feed([10, 10], 0)).toEqual([]);
    expect(feed([50, 50, 50], 4 * minute).map(({ kind }) => kind)).toEqual(["kept", "resolved"]);
  });

  it("is held as flapping when it comes and goes, and freed by calm alone", () => {
    const { feed } = street([{ ...busy, for: "0s", clearFor: "0s", samples: 1 }]);
    const kinds = feed([95, 50, 95, 50, 95, 50, ...Array.from({ length: 60 }, () => 50)]).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "flapping" || kind === "steady")).toEqual(["steady"]);
    expect(kinds.filter((kind) => kind === "fired").length).toBe(3);
  });

  it("looks at shares, rates, falls and what is usual", () => {
    const share = street([
      {
        ...busy,
        value: { field: "system.memory_used_bytes" },
        divideBy: { field: "system.memory_total_bytes" },
        for: "0s",
        samples: 1,
      },
    ]);
    expect(share.feed([0], 0, { fields: { memory_used_bytes: 95, memory_total_bytes: 100 } })).toEqual([
      { kind: "fired", at: 1, number: 95 },
    ]);
    const loop = street([
      {
        ...busy,
        value: { field: "system.uptime_seconds", fn: "falls", window: "1h" },
        raise: { above: 2 },
        clear: { below: 1 },
        for: "0s",
        samples: 1,
      },
    ]);
    const uptimes = [100, 160, 10, 70, 5, 65, 3, 63].flatMap((uptime, i) =>
      loop.feed([0], i * minute, { fields: { uptime_seconds: uptime } }),
    );
    expect(uptimes).toEqual([{ kind: "fired", at: 7, number: 3 }]);
    const slow = street(
      [{ ...busy, usual: { factor: true }, raise: { above: 3 }, clear: { below: 1.5 }, for: "0s", samples: 1 }],
      { usual: () => 10 },
    );
    expect(slow.feed([29, 31])).toEqual([{ kind: "fired", at: 2, number: 3.1 }]);
    const empty = street(
      [{ ...busy, usual: { atLeast: 5 }, raise: { below: 1 }, clear: { above: 1 }, for: "0s", samples: 1 }],
      { usual: ({ at }) => (at > 3 * minute ? 9 : 2) },
    );
    expect(empty.feed([0, 0, 0, 0])).toEqual([{ kind: "fired", at: 4, number: 0 }]);
  });

  it("is bad by its duty: so many of the last", () => {
    const { feed } = street([{ ...busy, duty: { bad: 2, of: 3 }, for: "0s", clearFor: "0s", samples: 1 }]);
    expect(feed([95, 50, 95, 50, 50, 50]).filter(({ kind }) => kind !== "kept")).toEqual([
      { kind: "fired", at: 3, number: 95 },
      { kind: "resolved", at: 6, number: 50 },
    ]);
  });

  it("ends without a word of resolution when its rule or device goes, or the device leaves its scope", () => {
    const library = street([{ ...busy, for: "0s", samples: 1, scope: { sites: ["library"] } }]);
    library.feed([95]);
    const moved = { id: "ap-1", site: "museum", kind: "access-point", tags: [], profile: null };
    expect(library.apply({ kind: "subject", id: "ap-1", is: moved }).map(({ kind }) => kind)).toEqual(["closed"]);
    const one = street([{ ...busy, for: "0s", samples: 1 }]);
    one.feed([95]);
    expect(one.apply({ kind: "rules", rules: [] }).map(({ kind }) => kind)).toEqual(["closed"]);
    const gone = street([{ ...busy, for: "0s", samples: 1 }]);
    gone.feed([95]);
    expect(gone.apply({ kind: "subject", id: "ap-1", is: null }).map(({ kind }) => kind)).toEqual(["closed"]);
    expect(gone.state.windows.size).toBe(0);
  });

  it("keeps firing without data, and an edit of its thresholds starts no storm", () => {
    const { feed, apply, state } = street([{ ...busy, for: "0s", samples: 1 }]);
    feed([95]);
    expect(apply({ kind: "rules", rules: [rule.parse({ ...busy, raise: { above: 94 } })] })).toEqual([]);
    expect([...(state.instances.get("ap-1")?.values() ?? [])].map(({ instance }) => instance.state)).toEqual([
      "firing",
    ]);
    expect(feed([96], minute)).toEqual([]);
  });
});

describe("rules as people write them", () => {
  it("the default ones are valid, and each has a name of its own", () => {
    const parsed = defaultRules.map((one) => rule.parse(one));
    expect(new Set(parsed.map(({ id }) => id)).size).toBe(defaultRules.length);
  });

  it.each<[string, object, RegExp]>([
    [
      "an unknown measurement",
      { value: { field: "sytem.cpu_percent" } },
      /found "sytem"; allowed: a measurement: system/,
    ],
    ["an unknown field", { value: { field: "system.cpu" } }, /allowed: system.cpu_percent/],
    ["no window", { value: { field: "system.cpu_percent", fn: "mean" } }, /needs a window/],
    ["a duration", { for: "3 minutes" }, /found "3 minutes"; allowed: 0s to 7d/],
    ["thresholds that overlap", { clear: { below: 95 } }, /overlap/],
    ["both sides", { raise: { above: 1, below: 2 } }, /either above or below/],
    ["the same side", { clear: { above: 80 } }, /other side/],
    ["another measurement", { divideBy: { field: "agent.spool_points" } }, /same measurement/],
    ["a name of ours", { id: "device_down" }, /taken by the program/],
    ["the name of the page for a new one", { id: "new" }, /taken by the program/],
    ["duty", { duty: { bad: 4, of: 3 } }, /bad is at most of/],
  ])("%s is refused, with what is allowed", (_what, wrong, message) => {
    const parsed = rule.safeParse({ ...busy, ...wrong });
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues.map((one) => one.message).join("\n")).toMatch(message);
  });
});
