import { describe, expect, it } from "vitest";
import { town } from "./town.ts";

const quarter = { a: 5, b: 4, c: 3, d: 3 };

describe("a device that is lost", () => {
  it("alone: held, waited, told once; back: told once, with the cause", () => {
    const t = town(quarter);
    t.lose(["a-0"]);
    t.pass(19);
    expect(t.open()).toEqual([]);
    t.pass(1);
    expect(t.open()).toMatchObject([{ rule: "device_down", root: { id: "a-0" } }]);
    t.pass(600);
    expect(t.told).toEqual(["opened device_down a-0"]);
    t.back(["a-0"], "boot-b");
    t.pass(600);
    expect(t.told).toEqual(["opened device_down a-0", "resolved device_down a-0"]);
    expect(t.sentences()).toEqual([
      "Demo a-0 at Site a is offline since 13:00. The other 4 devices at this site are fine, so it is this device, its cable or its power.",
      "Demo a-0 at Site a is back since 13:10 after 10 min; it restarted (power or reboot).",
    ]);
  });

  it("the same boot comes back: only its line was down", () => {
    const t = town(quarter);
    t.lose(["a-0"]);
    t.pass(60);
    t.back(["a-0"]);
    expect(t.sentences()[1]).toContain("it was up all the time, only its line was down");
  });

  it("back within its hold, or before it was told: nobody hears of it", () => {
    const t = town(quarter);
    t.lose(["a-0"]);
    t.pass(10);
    t.back(["a-0"]);
    t.pass(100);
    expect(t.steps).toEqual([]);
    t.silence(t.of("b"));
    t.pass(14);
    expect(t.open()).toMatchObject([{ rule: "site_unreachable", root: { id: "b" } }]);
    t.back(t.of("b"));
    t.pass(100);
    expect(t.told).toEqual([]);
    expect(t.steps.at(-1)?.incident).toMatchObject({ state: "resolved", toldAt: null });
  });

  it("after a goodbye it has time to restart", () => {
    const t = town(quarter);
    t.lose(["a-0"], true);
    t.pass(170);
    expect(t.open()).toEqual([]);
    t.pass(30);
    expect(t.told).toEqual(["opened device_down a-0"]);
    expect(t.sentences()[0]).toContain(
      "since 13:00: its agent was stopped. The other 4 devices at this site are fine.",
    );
  });

  it("removed or moved while it is down: closed, not resolved; at its new site it counts anew", () => {
    const t = town(quarter);
    t.lose(["a-0", "b-0"]);
    t.pass(60);
    t.remove(["a-0"]);
    t.move(["b-0"], "c");
    expect(t.told.slice(2)).toEqual(["closed device_down a-0", "closed device_down b-0", "opened device_down b-0"]);
    expect(t.open()).toMatchObject([{ site: "c" }]);
  });

  it("waits while its neighbours are being checked, but not for ever", () => {
    const t = town(quarter);
    t.lose(["a-0"]);
    t.check(["a-1"]);
    t.pass(40);
    expect(t.open()).toEqual([]);
    t.pass(21);
    expect(t.open()).toHaveLength(1);
  });
});

describe("devices of a site that are lost together", () => {
  const fifty = { s: 50, t: 20, u: 20, v: 20 };
  const orders: [string, (ids: string[]) => string[][]][] = [
    ["all at once", (ids) => [ids]],
    ["one a second, in order", (ids) => ids.map((id) => [id])],
    ["one a second, backwards", (ids) => [...ids].reverse().map((id) => [id])],
    ["first one, and the others at the end of its hold", (ids) => [ids.slice(0, 1), ...pause(19), ids.slice(1)]],
    ["first two that were told already, then the others", (ids) => [ids.slice(0, 2), ...pause(45), ids.slice(2)]],
    ["in two halves", (ids) => [ids.slice(0, 25), ...pause(30), ids.slice(25)]],
  ];
  const pause = (seconds: number): string[][] => Array.from({ length: seconds }, () => []);

  it.each(orders)("50 of one site, %s: one incident, one end", (_name, order) => {
    const t = town(fifty);
    for (const batch of order(t.of("s"))) {
      t.silence(batch);
      t.pass(1);
    }
    t.pass(400);
    const opened = t.told.filter((one) => one.startsWith("opened"));
    const early = opened.filter((one) => one.includes("device_down"));
    // Two that were lost 45 s before the others are two failures until the others follow; then they are one.
    expect(early.length).toBeLessThanOrEqual(2);
    expect(opened.length - early.length).toBe(early.length === 0 ? 1 : 0);
    expect(t.open()).toMatchObject([{ rule: "site_unreachable", root: { id: "s" } }]);
    expect(t.open()[0]?.members.size).toBe(50);
    expect(t.open()[0]?.includes).toHaveLength(Math.max(0, early.length - 1));
    t.back(t.of("s"));
    t.pass(400);
    expect(t.told.filter((one) => one.startsWith("resolved"))).toEqual(["resolved site_unreachable s"]);
    expect(t.open()).toEqual([]);
    expect(t.sentences().some((one) => one.startsWith("Site s: all 50 devices are offline since 13:00."))).toBe(true);
    expect(t.sentences().at(-1)).toMatch(
      /^Site s is back since .*; they were up all the time, only their line was down\.$/,
    );
  });

  it("what is fine is said", () => {
    const t = town(quarter);
    t.lose(t.of("a"));
    t.pass(60);
    expect(t.sentences()).toEqual([
      "Site a: all 5 devices are offline since 13:00. The other 3 sites are fine, so it is this site's line or power.",
    ]);
  });

  it("who follows widens it: at most one notice a group interval, but at once when it doubles", () => {
    const t = town({ s: 20, t: 20, u: 20, v: 20 });
    t.lose(t.of("s").slice(0, 3));
    t.lose(t.of("s").slice(3, 10));
    t.pass(60);
    expect(t.told).toEqual(["opened site_unreachable s"]);
    t.lose(["s-10"]);
    t.pass(1);
    t.lose(["s-11"]);
    t.pass(200);
    expect(t.told).toHaveLength(1);
    t.pass(100);
    expect(t.told).toEqual(["opened site_unreachable s", "updated site_unreachable s"]);
    expect(t.open()[0]?.members.size).toBe(12);
    t.lose(t.of("s").slice(12, 20));
    t.pass(2);
    expect(t.told).toHaveLength(2);
    t.pass(300);
    expect(t.told).toHaveLength(3);
  });

  it("twice as many are told at once", () => {
    const t = town({ s: 20, t: 20, u: 20, v: 20 });
    t.lose(t.of("s").slice(0, 10));
    t.pass(60);
    t.lose(t.of("s").slice(10, 20));
    t.pass(1);
    expect(t.told).toEqual(["opened site_unreachable s", "updated site_unreachable s"]);
  });

  it("goodbyes of a whole site are a restart until their time is over; then they are one failure", () => {
    const t = town(quarter);
    t.lose(t.of("a"), true);
    t.pass(170);
    expect(t.open()).toEqual([]);
    t.pass(60);
    expect(t.told).toEqual(["opened site_unreachable a"]);
  });

  it("two of a small site, or three of a big one, are so many failures", () => {
    const t = town({ a: 2, b: 10, c: 3 });
    t.lose(["a-0", "a-1", "b-0", "b-1", "b-2"]);
    t.pass(60);
    expect(t.told.filter((one) => one.startsWith("opened device_down"))).toHaveLength(5);
  });

  it("stragglers get a while once the site is back, then stand alone; their site's incident ends", () => {
    const t = town({ s: 6, t: 6, u: 6, v: 6 });
    t.lose(t.of("s"));
    t.pass(60);
    t.back(t.of("s").slice(0, 5));
    t.pass(119);
    expect(t.told).toEqual(["opened site_unreachable s"]);
    t.pass(30);
    expect(t.told).toEqual(["opened site_unreachable s", "resolved site_unreachable s", "opened device_down s-5"]);
    expect(t.sentences()[1]).toContain("1 device is still offline and has an incident of its own");
    t.back(["s-5"]);
    t.pass(10);
    expect(t.told.at(-1)).toBe("resolved device_down s-5");
  });
});

describe("service hours", () => {
  it("nothing opens and nothing is told outside them; the end is", () => {
    const t = town(quarter);
    t.silence(t.of("b"));
    t.pass(12);
    t.hours("b", false);
    t.become(t.of("b"), "asleep");
    t.hours("a", false);
    t.lose(["a-1"]);
    t.pass(600);
    expect(t.told).toEqual([]);
    expect(t.open()).toHaveLength(1);
    t.hours("b", true);
    t.pass(60);
    expect(t.told).toEqual([]);
    t.lose(t.of("b"));
    t.pass(1);
    expect(t.told).toEqual(["opened site_unreachable b"]);
    t.hours("b", false);
    t.back(t.of("b"));
    expect(t.told).toEqual(["opened site_unreachable b", "resolved site_unreachable b"]);
  });
});

describe("what comes and goes", () => {
  /** Lost for so long, back for so long, again and again. */
  const flap = (t: ReturnType<typeof town>, ids: readonly string[], seconds: number, everyS: number) => {
    for (let at = 0; at < seconds; at += 2 * everyS) {
      t.lose(ids);
      t.pass(everyS);
      t.jump(1);
      t.back(ids);
      t.pass(everyS);
    }
  };

  it("every 40 s for two hours is told four times at most, and once when it has calmed down", () => {
    const t = town(quarter);
    flap(t, ["a-0"], 7_200, 40);
    expect(t.told).toEqual([
      "opened device_down a-0",
      "resolved device_down a-0",
      "opened device_down a-0",
      "updated device_down a-0",
    ]);
    expect(t.sentences()[3]).toBe(
      "Demo a-0 at Site a comes and goes since 13:01: lost 2 times. You are told again when it has calmed down. The other 4 devices at this site are fine, so it is this device, its cable or its power.",
    );
    t.pass(2_400);
    expect(t.told.slice(4)).toEqual(["resolved device_down a-0"]);
    expect(t.sentences()[4]).toMatch(/ is back since .* It was lost 90 times, 1 h in all\.$/);
    expect(t.open()).toEqual([]);
  });

  it("a site that comes and goes is held, too, through a restart; lost for good, that is told", () => {
    const t = town(quarter);
    flap(t, t.of("a"), 600, 60);
    t.restart();
    expect(t.open()).toMatchObject([{ rule: "site_unreachable", facts: { flap: { flapping: true } } }]);
    const told = t.told.length;
    t.lose(t.of("a"));
    t.pass(2_400);
    expect(t.told.slice(told)).toEqual(["updated site_unreachable a"]);
    expect(t.sentences().at(-1)).toMatch(/^Site a: all 5 devices are offline since /);
  });

  it("twice in a while is no habit", () => {
    const t = town(quarter);
    flap(t, ["a-0"], 3_600, 900);
    expect(t.told).toEqual(["opened", "resolved", "opened", "resolved"].map((kind) => `${kind} device_down a-0`));
  });
});
