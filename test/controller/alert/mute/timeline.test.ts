import { describe, expect, it } from "vitest";
import type { Mute } from "../../../../controller/alert/mute/hold.ts";
import { town } from "../town.ts";

const minute = 60_000;
const quarter = { a: 5, b: 4, c: 3, d: 3 };
const mute = (over: Partial<Mute> & Pick<Mute, "until">): Mute => ({
  ...{ id: "maintenance_1", by: "maintenance", who: "jo", why: "New switch", devices: null, rules: null },
  ...over,
});
const siteA = (t: ReturnType<typeof town>) => new Set(t.of("a"));

describe("what is lost in maintenance", () => {
  it("and still is when that ends, is told once it had time to settle, with its true beginning", () => {
    const t = town(quarter);
    t.mute([mute({ devices: siteA(t), until: t.now() + 60 * minute })]);
    t.pass(60);
    const lostAt = t.now();
    t.lose(t.of("a"));
    t.pass(59 * 60);
    expect(t.open()).toMatchObject([{ rule: "site_unreachable", toldAt: null, muted: { why: "New switch" } }]);
    t.pass(5 * 60 - 1);
    expect(t.told).toEqual([]);
    t.pass(1);
    expect(t.told).toEqual(["opened site_unreachable a"]);
    expect(t.open()).toMatchObject([{ since: lostAt, muted: null }]);
    expect(t.sentences()[0]).toContain("offline since 13:01");
    const kinds = t.steps.flatMap(({ events }) => events.map(({ kind, text }) => `${kind} ${text}`.trim()));
    expect(kinds).toEqual(["opened", "muted Maintenance by jo until 14:00: New switch", "unmuted", "told opened"]);
  });

  it("and back in it: nobody hears of it", () => {
    const t = town(quarter);
    t.mute([mute({ devices: siteA(t), until: t.now() + 60 * minute })]);
    t.lose(t.of("a"));
    t.pass(30 * 60);
    t.back(t.of("a"));
    t.pass(60 * 60);
    expect(t.told).toEqual([]);
    expect(t.steps.at(-1)?.incident).toMatchObject({ state: "resolved", muted: { by: "maintenance" } });
  });

  it("and back while all settles: nobody hears of it; what fails anew by then is told as usual", () => {
    const t = town(quarter);
    t.mute([mute({ devices: siteA(t), until: t.now() + 10 * minute })]);
    t.lose(["a-0"]);
    t.pass(11 * 60);
    t.back(["a-0"]);
    t.lose(["a-1"]);
    t.pass(60);
    expect(t.told).toEqual(["opened device_down a-1"]);
  });

  it("told before it: its end is told, in it", () => {
    const t = town(quarter);
    t.lose(["a-0"]);
    t.pass(60);
    t.mute([mute({ devices: siteA(t), until: t.now() + 60 * minute })]);
    t.pass(60);
    t.back(["a-0"]);
    expect(t.told).toEqual(["opened device_down a-0", "resolved device_down a-0"]);
  });

  it("told before it and still bad after it: nothing new to say", () => {
    const t = town(quarter);
    t.lose(["a-0"]);
    t.pass(60);
    t.mute([mute({ devices: siteA(t), until: t.now() + 10 * minute })]);
    t.pass(60 * 60);
    t.mute([]);
    t.pass(60 * 60);
    expect(t.told).toEqual(["opened device_down a-0"]);
  });

  it("of a site in part: told", () => {
    const t = town(quarter);
    t.mute([mute({ devices: new Set(["a-0", "a-1"]), until: t.now() + 60 * minute })]);
    t.lose(t.of("a"));
    t.pass(60);
    expect(t.told).toEqual(["opened site_unreachable a"]);
  });

  it("alone, then its site as a whole: told when the others are not muted", () => {
    const t = town(quarter);
    t.mute([mute({ devices: new Set(["a-0"]), until: t.now() + 60 * minute })]);
    t.lose(["a-0"]);
    t.pass(50);
    expect(t.open()).toMatchObject([{ rule: "device_down", muted: { id: "maintenance_1" } }]);
    t.lose(["a-1", "a-2", "a-3", "a-4"]);
    t.pass(60);
    expect(t.told).toEqual(["opened site_unreachable a"]);
  });
});

describe("a silence", () => {
  it("that ends early while it is still bad: told after it settled; a restart in between changes nothing", () => {
    const t = town(quarter);
    const until = t.now() + 4 * 60 * minute;
    t.mute([mute({ by: "silence", devices: siteA(t), until })]);
    t.lose(["a-0"]);
    t.pass(10 * 60);
    t.restart();
    t.pass(60);
    expect(t.told).toEqual([]);
    t.mute([mute({ by: "silence", devices: siteA(t), until: t.now() })]);
    t.restart();
    t.pass(299);
    expect(t.told).toEqual([]);
    t.restart();
    t.pass(1);
    expect(t.told).toEqual(["opened device_down a-0"]);
  });

  it("of one rule leaves the others", () => {
    const t = town(quarter);
    t.mute([mute({ rules: new Set(["device_down"]), until: t.now() + 60 * minute })]);
    t.lose(["a-0"]);
    t.lose(t.of("b"));
    t.pass(60);
    expect(t.told).toEqual(["opened site_unreachable b"]);
  });

  it("holds back what the controller says of itself only by the rule's name", () => {
    const away = (t: ReturnType<typeof town>) => t.run([{ kind: "store", away: { since: t.now(), why: "disk full" } }]);
    const t = town(quarter);
    t.mute([mute({ devices: siteA(t), until: t.now() + 60 * minute })]);
    away(t);
    t.pass(31);
    expect(t.told).toEqual(["opened cannot_store self"]);
    const other = town(quarter);
    other.mute([mute({ rules: new Set(["cannot_store"]), until: other.now() + 60 * minute })]);
    away(other);
    other.pass(61 * 60);
    expect(other.told).toEqual([]);
    other.pass(4 * 60 + 2);
    expect(other.told).toEqual(["opened cannot_store self"]);
  });

  it("makes what an incident owes wait, not forget", () => {
    const t = town(quarter);
    t.lose(["a-0", "a-1", "a-2"]);
    t.pass(60);
    expect(t.told).toEqual(["opened site_unreachable a"]);
    t.mute([mute({ by: "silence", devices: siteA(t), until: t.now() + 20 * minute })]);
    t.lose(["a-3", "a-4"]);
    t.pass(20 * 60);
    expect(t.told).toHaveLength(1);
    t.pass(5 * 60);
    expect(t.told.slice(1)).toEqual(["updated site_unreachable a"]);
  });
});
