import { describe, expect, it } from "vitest";
import { town } from "./town.ts";

const quarter = { a: 5, b: 4, c: 3, d: 3 };

describe("the controller itself", () => {
  it("cannot be reached: says so once, accuses nobody, and what was in its hold counts anew", () => {
    const t = town(quarter);
    const failed = { since: t.now() - 5_000, why: "its own MQTT listener does not answer" };
    t.run([{ kind: "self-check", failed }]);
    expect(t.told).toEqual(["opened controller_blind self"]);
    t.lose(["a-0", "b-0"]);
    t.become(t.of("c"), "unknown");
    t.pass(300);
    expect(t.told).toHaveLength(1);
    t.run([{ kind: "self-check", failed: null }]);
    t.back([...t.of("c"), "a-0"]);
    expect(t.told).toEqual(["opened controller_blind self", "resolved controller_blind self"]);
    t.pass(19);
    expect(t.open()).toEqual([]);
    t.pass(20);
    expect(t.told.slice(2)).toEqual(["opened device_down b-0"]);
  });

  it("half of the sites fall silent together: it is not them", () => {
    const t = town({ a: 4, b: 4, c: 4, d: 4, e: 4, f: 4 });
    t.lose(t.of("a"));
    t.pass(5);
    t.lose([...t.of("b"), ...t.of("c")]);
    t.pass(1);
    expect(t.told).toEqual(["opened controller_blind self"]);
    expect(t.open()).toHaveLength(1);
    expect(t.sentences()[0]).toBe(
      "The controller cannot see the devices since 13:00: 3 of 6 sites fell silent together. No device is accused; they go on measuring and keep it.",
    );
    t.become([...t.of("a"), ...t.of("b"), ...t.of("c")], "unknown");
    t.pass(300);
    t.back(t.of("a"));
    expect(t.told.at(-1)).toBe("resolved controller_blind self");
    t.lose([...t.of("b")]);
    t.pass(60);
    expect(t.told.at(-1)).toBe("opened site_unreachable b");
  });

  it("three of seven sites are three sites; so are two of three", () => {
    const seven = town({ a: 4, b: 4, c: 4, d: 4, e: 4, f: 4, g: 4 });
    seven.lose([...seven.of("a"), ...seven.of("b"), ...seven.of("c")]);
    seven.pass(60);
    expect(seven.told).toHaveLength(3);
    const three = town({ a: 4, b: 4, c: 4 });
    three.lose([...three.of("a"), ...three.of("b")]);
    three.pass(60);
    expect(three.told).toEqual(["opened site_unreachable a", "opened site_unreachable b"]);
  });

  it("what was open before waits to be told until it sees again; who said goodbye is not forgotten", () => {
    const t = town(quarter, { stoppedHoldMs: 0 });
    t.lose(["a-0"]);
    t.lose(["b-0"], true);
    t.pass(10);
    t.run([{ kind: "self-check", failed: { since: t.now() - 100_000, why: "demo" } }]);
    t.become(["a-0"], "unknown");
    t.pass(100);
    expect(t.told).toEqual(["opened controller_blind self"]);
    t.run([{ kind: "self-check", failed: null }]);
    t.back(["a-0"]);
    t.pass(60);
    expect(t.told.slice(1)).toEqual(["resolved controller_blind self", "opened device_down b-0"]);

    const later = town(quarter);
    later.silence(later.of("b"));
    later.pass(12);
    later.run([{ kind: "self-check", failed: { since: later.now(), why: "demo" } }]);
    later.pass(100);
    expect(later.told).toEqual(["opened controller_blind self"]);
    later.run([{ kind: "self-check", failed: null }]);
    later.pass(2);
    expect(later.told.slice(1)).toEqual(["resolved controller_blind self", "opened site_unreachable b"]);
  });

  it("one big site is a site, however large its share", () => {
    const t = town({ big: 900, a: 5, b: 5, c: 5, d: 5 });
    t.lose(t.of("big"));
    t.pass(60);
    expect(t.told).toEqual(["opened site_unreachable big"]);
  });

  it("cannot store: told after half a minute, with nobody accused; told when it can again", () => {
    const t = town(quarter);
    const away = { since: t.now(), why: "the disk is full" };
    t.run([{ kind: "store", away }]);
    t.pass(29);
    expect(t.told).toEqual([]);
    t.pass(2);
    expect(t.told).toEqual(["opened cannot_store self"]);
    t.run([{ kind: "store", away: null }]);
    t.pass(10);
    expect(t.told).toEqual(["opened cannot_store self", "resolved cannot_store self"]);
  });
});

describe("a restart", () => {
  it.each([5, 25, 60])("%i s after the loss tells nothing twice", (seconds) => {
    const t = town(quarter);
    t.lose(t.of("a"));
    t.lose(["b-0"]);
    t.pass(seconds);
    t.restart();
    t.pass(200);
    expect([...t.told].sort()).toEqual(["opened device_down b-0", "opened site_unreachable a"]);
    t.restart();
    t.back([...t.of("a"), "b-0"]);
    t.restart();
    t.pass(200);
    expect(t.told).toHaveLength(4);
  });

  it("records that are older than the loss bring nobody back: only a word after it does", () => {
    const t = town(quarter);
    t.pass(10);
    t.lose(["a-0"]);
    t.pass(60);
    // As `kill -9` leaves it: online, last heard before the loss.
    const stale = { state: "up" as const, since: t.now() - 3_600_000, lastSeenAt: t.now() - 65_000 };
    const was = t.state().devices.get("a-0");
    if (!was) throw new Error("no device");
    t.run([{ kind: "device", id: "a-0", is: { ...was, ...stale } }]);
    expect(t.told).toEqual(["opened device_down a-0"]);
    t.lose(["a-0"]);
    t.pass(60);
    expect(t.told).toEqual(["opened device_down a-0"]);
    t.back(["a-0"]);
    expect(t.told).toEqual(["opened device_down a-0", "resolved device_down a-0"]);
  });
});
