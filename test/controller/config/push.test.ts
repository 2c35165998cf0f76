import { describe, expect, it } from "vitest";
import { configLimits } from "../../../controller/config/limits.ts";
import { createPace } from "../../../controller/config/pace.ts";
import { choose, type Known } from "../../../controller/config/push.ts";
import { handClock } from "../base/hand-clock.ts";

const device = (id: string, more: Partial<Known> = {}): Known => ({
  id,
  name: id,
  site: "site-a",
  kind: "access-point",
  profile: null,
  tags: [],
  ...more,
});
const fleet = [device("a"), device("b", { site: "site-b" }), device("c", { kind: "sensor" })];

describe("choosing devices", () => {
  it.each([
    [{ all: true as const }, ["a", "b", "c"]],
    [{ site: "site-a" }, ["a", "c"]],
    [{ site: "site-a", kind: "sensor" as const }, ["c"]],
    [{ devices: ["b"] }, ["b"]],
  ])("by %j", (select, ids) => {
    expect(choose(fleet, select).map((one) => one.id)).toEqual(ids);
  });

  it("takes the limit and no more", () => {
    const many = Array.from({ length: configLimits.devicesAtOnce + 1 }, (_, i) => device(`ap-${i}`));
    expect(choose(many.slice(1), { all: true })).toHaveLength(configLimits.devicesAtOnce);
    expect(() => choose(many, { all: true })).toThrow(/1001 devices are chosen; 1000 at once/);
  });
});

describe("the pace", () => {
  it("is so many a second, in order, each once", async () => {
    const clock = handClock();
    const done: string[] = [];
    const pace = createPace({ clock, perSecond: 100, run: async (key) => void done.push(key) });
    const keys = Array.from({ length: 25 }, (_, i) => `${i}`);
    for (const key of [...keys, ...keys]) pace.put(key);
    const settle = () => new Promise((next) => setImmediate(next));
    clock.pass(0);
    await settle();
    expect(done).toEqual(keys.slice(0, 10));
    for (const _ of [1, 2]) {
      clock.pass(100);
      await settle();
    }
    expect(done).toEqual(keys);
    expect(clock.pending()).toBe(0);
    await pace.stop();
    pace.put("late");
    expect(clock.pending()).toBe(0);
  });
});
