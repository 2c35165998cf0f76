import { describe, expect, it } from "vitest";
import { defaultRules } from "../../controller/alert/rules/defaults.ts";
import { rule } from "../../controller/alert/rules/schema.ts";
import { unitOf as unitThere } from "../../controller/alert/rules/words.ts";
import { faultAt, fieldWords, idOf, newRule, ruleDraftOf, ruleOf } from "../../dashboards/web/src/rule-draft.ts";
import { originOf, ruleSentence, standingWords, times, unitOf } from "../../dashboards/web/src/rule-words.ts";

const drafts = defaultRules.map((text) => rule.parse(text));

describe("a rule as it is typed", () => {
  it.each(drafts.map((one) => [one.id, one] as const))("%s is the same after it was in the form", (_, one) => {
    expect(rule.parse(ruleOf(ruleDraftOf(one)))).toEqual(one);
  });

  it("keeps a share that looks at its field otherwise than at its value", () => {
    const value = { field: "interface.rx_errors", fn: "increase" as const, window: "5m" as const };
    const divideBy = { field: "interface.rx_packets", fn: "increase" as const, window: "1h" as const };
    const made = rule.parse({ id: "a", title: "A", value, divideBy, raise: { above: 1 }, severity: "info" });
    expect(rule.parse(ruleOf(ruleDraftOf(made)))).toEqual(made);
  });

  it("sends what is wrong as it is, so that it is answered in its place", () => {
    const draft = { ...newRule, id: "lift", title: "The lift is hot", raise: "5", clear: "9", for: "m", dutyBad: "3" };
    const { error } = rule.safeParse(ruleOf(draft));
    const faults = (error?.issues ?? []).map(({ path, message }) => ({ path: `rule.${path.join(".")}`, message }));
    expect(faultAt(faults, "for")).toMatch(/^found "m"; allowed/);
    expect(faultAt(faults, "duty")).toBeDefined();
    expect(faultAt(faults, "raise")).toBeUndefined();
    expect(ruleOf({ ...draft, raise: "" }).raise).toEqual({});
  });

  it("makes an id of what is wrong", () => {
    expect(idOf("  The lift is hot! ")).toBe("the_lift_is_hot");
    expect(idOf("5 GHz is Über-crowded")).toBe("ghz_is_uber_crowded");
    expect(idOf("???")).toBe("");
  });
});

describe("what is read of a rule", () => {
  it("the unit of what is compared is the controller's", () => {
    for (const one of drafts) expect(unitOf(ruleDraftOf(one))).toBe(unitThere(one));
    expect(fieldWords("controller.disk_free_percent").meaning).toBe("controller disk free");
  });

  it("says it in one sentence", () => {
    const draft = {
      ...newRule,
      fn: "mean" as const,
      window: "5m",
      raise: "80",
      clear: "65",
      for: "15m",
      clearFor: "0s",
    };
    expect(ruleSentence(draft)).toBe(
      "Bad when the mean over 5 min of “processor busy, all cores, since the last sample” is above 80 % for 15 min; good again when below 65 %.",
    );
    expect(ruleSentence({ ...draft, fn: "last", clear: "", for: "0s", dutyBad: "2", dutyOf: "3" })).toMatch(
      /is above 80 % in 2 of the last 3 samples; good again when not bad\.$/,
    );
    expect(ruleSentence(newRule)).toBe("Say from what value on it is bad.");
  });

  it("says whose it is and how it stands", () => {
    expect(originOf({ origin: "own", replaces: true })).toBe("comes with Lamplighter, changed here");
    expect(originOf({ origin: "own", replaces: false })).toBe("made here");
    expect(standingWords({ devices: 24, bad: 2 }, true)).toBe("24 devices, 2 bad now");
    expect(standingWords({ devices: 1, bad: 0 }, true)).toBe("1 device, none bad");
    expect(standingWords({ devices: 24, bad: 2 }, false)).toBe("looks at nothing");
    expect([0, 1, 2, 3].map(times)).toEqual(["never", "once", "twice", "3 times"]);
  });
});
