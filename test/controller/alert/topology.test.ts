import { describe, expect, it } from "vitest";
import { town } from "./town.ts";

const quarter = { a: 8, b: 4, c: 3, d: 3 };

describe("devices behind another", () => {
  /** a-0 is the switch of a-1, a-2 and a-3; the rest of the site hangs elsewhere. */
  const withSwitch = () => {
    const t = town(quarter);
    t.hang(["a-1", "a-2", "a-3"], [["a-0"]]);
    return t;
  };
  const all = ["a-0", "a-1", "a-2", "a-3"];
  const orders: [string, string[][]][] = [
    ["all at once", [all]],
    ["the switch first", [["a-0"], ["a-1"], ["a-2", "a-3"]]],
    ["the switch last", [["a-1"], ["a-2"], ["a-3"], ["a-0"]]],
    ["the switch in the middle", [["a-2"], ["a-0"], ["a-1", "a-3"]]],
  ];

  it.each(orders)("%s: one incident, of the switch; one end", (_name, order) => {
    const t = withSwitch();
    for (const ids of order) {
      t.silence(ids);
      t.pass(3);
    }
    t.pass(120);
    expect(t.told).toEqual(["opened device_down a-0"]);
    expect(t.open()).toMatchObject([{ rule: "device_down", root: { id: "a-0" }, facts: { behind: 3 } }]);
    expect(t.sentences()[0]).toBe(
      "Demo a-0 at Site a is offline since 13:00, and with it are 3 devices that it connects. The other 4 devices at this site are fine, so it is this device, its cable or its power.",
    );
    t.back(all);
    t.pass(200);
    expect(t.told).toEqual(["opened device_down a-0", "resolved device_down a-0"]);
  });

  it("says on which port of what it was last seen, unless it said goodbye", () => {
    const t = withSwitch();
    t.plug(["a-5", "a-6"], { port: "7", of: "sw-demo-1" });
    t.lose(["a-5"]);
    t.pass(40);
    expect(t.sentences()[0]).toBe(
      "Demo a-5 at Site a is offline since 13:00. It was last seen on port 7 of sw-demo-1. The other 7 devices at this site are fine, so it is this device, its cable or its power.",
    );
    t.lose(["a-6"], true);
    t.pass(200);
    expect(t.sentences().filter((text) => text.includes("a-6"))[0]).not.toContain("port 7");
  });

  it("one of them alone stands alone, and at once: what is above it answers", () => {
    const t = withSwitch();
    t.check(["a-1"]);
    t.ask(["a-0"], true);
    t.lose(["a-1"]);
    t.pass(1);
    expect(t.open()).toMatchObject([{ root: { id: "a-1" } }]);
    t.pass(15);
    expect(t.told).toEqual(["opened device_down a-1"]);
  });

  it("a root that is found out late takes in what was told of those behind it: no second beginning, one end", () => {
    const t = withSwitch();
    t.lose(["a-1"]);
    t.pass(40);
    t.lose(["a-2"]);
    t.pass(40);
    expect(t.told).toEqual(["opened device_down a-1", "opened device_down a-2"]);
    t.lose(["a-0"]);
    t.pass(60);
    expect(t.told.slice(2)).toEqual(["updated device_down a-0"]);
    expect(t.open()).toMatchObject([{ root: { id: "a-0" } }]);
    expect(t.open()[0]?.includes).toHaveLength(1);
    t.back(["a-0", "a-1", "a-2"]);
    t.pass(200);
    expect(t.told.slice(3)).toEqual(["resolved device_down a-0"]);
  });

  it("who stays silent when the switch is back stands alone after a while", () => {
    const t = withSwitch();
    t.lose(all);
    t.pass(60);
    t.back(["a-0", "a-1"]);
    t.pass(119);
    expect(t.told).toEqual(["opened device_down a-0"]);
    t.pass(40);
    expect(t.told.slice(1)).toEqual(["resolved device_down a-0", "opened device_down a-2", "opened device_down a-3"]);
    expect(t.sentences()[1]).toContain("2 devices are still offline, each with an incident of its own.");
  });

  it("of a redundant pair one is no root for anybody; both are", () => {
    const t = town({ ...quarter, a: 12 });
    t.hang(["a-2", "a-3"], [["a-0", "a-1"]]);
    t.lose(["a-0"]);
    t.pass(60);
    expect(t.open()[0]?.members.size).toBe(1);
    t.lose(["a-1", "a-2", "a-3"]);
    t.pass(60);
    const roots = t.open().map(({ root, members }) => [root.id, [...members.keys()].sort()]);
    expect(roots).toEqual([
      ["a-0", ["a-0", "a-2", "a-3"]],
      ["a-1", ["a-1"]],
    ]);
  });

  it("the whole site with its switch is the site", () => {
    const t = withSwitch();
    t.lose(t.of("a"));
    t.pass(60);
    expect(t.told).toEqual(["opened site_unreachable a"]);
  });

  it("the whole site behind one switch, whose line answers, is that switch", () => {
    const t = town({ ...quarter, a: 4 });
    t.hang(["a-1", "a-2", "a-3"], [["a-0"]]);
    t.check(t.of("a"));
    t.askLine("a", true);
    t.pass(10);
    t.lose(t.of("a"));
    t.pass(60);
    expect(t.told).toEqual(["opened device_down a-0"]);
  });

  it("a chain of them has one root; those of another site hang on it, too", () => {
    const t = town(quarter);
    t.hang(["a-1"], [["a-0"]]);
    t.hang(["b-0"], [["a-1"]]);
    t.lose(["b-0"]);
    t.lose(["a-1"]);
    t.lose(["a-0"]);
    t.pass(60);
    expect(t.open()).toMatchObject([{ root: { id: "a-0" }, facts: { behind: 2 } }]);
  });
});

describe("what answers although its agent is silent", () => {
  it("is the agent's failure: told late, and as a lesser one", () => {
    const t = town(quarter);
    t.lose(["a-0"]);
    t.ask(["a-0"], true);
    t.pass(290);
    expect(t.open()).toEqual([]);
    t.pass(40);
    expect(t.told).toEqual(["opened agent_down a-0"]);
    expect(t.open()).toMatchObject([{ severity: "warning" }]);
    expect(t.sentences()[0]).toBe(
      "Demo a-0 at Site a answers, but its agent is silent since 13:00. People are probably served; nothing is measured there.",
    );
    t.back(["a-0"], "boot-b");
    expect(t.sentences()[1]).toBe(
      "The agent of Demo a-0 at Site a speaks again since 13:05 after 5 min; it restarted.",
    );
  });

  it("no longer answers: the device's, told as an update of what was told", () => {
    const t = town(quarter);
    t.lose(["a-0"]);
    t.ask(["a-0"], true);
    t.pass(330);
    t.ask(["a-0"], false);
    t.pass(1);
    expect(t.told).toEqual(["opened agent_down a-0", "updated device_down a-0"]);
    expect(t.open()).toMatchObject([{ severity: "major" }]);
  });

  it("no longer answers before its time is over: the device's, at once", () => {
    const t = town(quarter);
    t.lose(["a-0"]);
    t.ask(["a-0"], true);
    t.pass(60);
    t.ask(["a-0"], false);
    t.pass(20);
    expect(t.told).toEqual(["opened device_down a-0"]);
  });

  it("many agents of one site are one incident and no lost site; who of them is lost after all stands alone", () => {
    const t = town(quarter);
    const some = t.of("a").slice(0, 6);
    t.check(some);
    t.ask(some, true);
    t.lose(some);
    t.pass(400);
    expect(t.told).toEqual(["opened agent_down a-0"]);
    expect(t.open()[0]?.members.size).toBe(6);
    expect(t.sentences()[0]).toContain(", and so do 5 devices more at this site.");
    t.ask(["a-5"], false);
    t.pass(30);
    expect(t.told.slice(1)).toEqual(["opened device_down a-5"]);
    t.back(some);
    t.pass(10);
    expect(t.told.slice(2).sort()).toEqual(["resolved agent_down a-0", "resolved device_down a-5"]);
  });

  it("an answer from before it was heard last says nothing", () => {
    const t = town(quarter);
    t.check(["a-0"]);
    t.ask(["a-0"], true);
    t.jump(1_000);
    t.back(["a-0"]);
    t.jump(60_000);
    t.lose(["a-0"]);
    t.pass(60);
    expect(t.told).toEqual(["opened device_down a-0"]);
  });
});

describe("the line of a site", () => {
  it("that is silent makes one lost device the site's failure", () => {
    const t = town({ ...quarter, s: 2 });
    t.lose(["s-0", "s-1"]);
    t.askLine("s", false);
    t.pass(60);
    expect(t.told).toEqual(["opened site_unreachable s"]);
    expect(t.sentences()[0]).toContain("The other 4 sites are fine, and its line does not answer.");
  });

  it("that answers: the site is lost by what is inside it", () => {
    const t = town(quarter);
    t.lose(t.of("a"));
    t.askLine("a", true);
    t.pass(60);
    expect(t.sentences()[0]).toContain("and its line answers, so it is the power or the network inside.");
  });
});

it("what connects others is lost again before they are back: the same failure goes on", () => {
  const t = town(quarter);
  t.hang(["a-1", "a-2"], [["a-0"]]);
  t.lose(["a-0", "a-1", "a-2"]);
  t.pass(60);
  t.back(["a-0"]);
  t.pass(10);
  t.lose(["a-0"]);
  t.pass(400);
  expect(t.open()).toMatchObject([{ root: { id: "a-0" }, facts: { behind: 2 } }]);
  expect(t.told.filter((one) => one.startsWith("opened"))).toEqual(["opened device_down a-0"]);
  t.back(["a-0", "a-1", "a-2"]);
  t.pass(5);
  expect(t.open()).toEqual([]);
});

it("a parent that was heard a moment ago but does not answer is waited for: those behind it join it", () => {
  const t = town({ a: 8, b: 4, c: 3, d: 3 });
  t.hang(["a-1"], [["a-0"]]);
  t.lose(["a-1"]);
  t.ask(["a-0"], false);
  t.pass(40);
  expect(t.open()).toEqual([]);
  t.lose(["a-0"]);
  t.pass(40);
  expect(t.told).toEqual(["opened device_down a-0"]);
});
