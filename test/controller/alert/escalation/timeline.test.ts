import { describe, expect, it } from "vitest";
import { givenBack, taken } from "../../../../controller/alert/attention.ts";
import { onDuty } from "../../../../controller/alert/escalation/rota.ts";
import { escalationLimits, type PolicyText, policy } from "../../../../controller/alert/escalation/schema.ts";
import { type Town, town } from "../town.ts";

const minute = 60_000;
const text: PolicyText = {
  steps: [
    { afterMs: 0, channels: ["desk"], repeatEveryMs: 2 * minute },
    { afterMs: 5 * minute, channels: ["boss"] },
    { afterMs: 15 * minute, channels: ["all-1", "all-2"] },
  ],
  againAfterMs: 30 * minute,
};
/** "3 min updated boss", counted from the first notice. */
function calls(t: Town): string[] {
  const told = t.steps.filter(({ tell }) => tell !== null);
  const from = told[0]?.incident.toldAt ?? 0;
  return told.map((step) => {
    const at = marks.get(step) ?? from;
    return `${Math.round((at - from) / minute)} min ${step.tell} ${step.channels?.join(" ") ?? "everybody"}`;
  });
}
/** When each was told. */
const marks = new Map<unknown, number>();
function pass(t: Town, minutes: number): void {
  for (let i = 0; i < minutes * 60; i++) {
    const before = t.steps.length;
    t.pass(1);
    for (const step of t.steps.slice(before)) marks.set(step, t.now());
  }
}
function lost(): Town {
  const t = town({ a: 5, b: 4, c: 3, d: 3 });
  t.escalate(policy.parse(text));
  t.lose(["a-0"]);
  pass(t, 1);
  return t;
}
const take = (t: Town, minutes: number): void =>
  t.byHand(t.open()[0]?.id ?? "", (was) =>
    taken(was, { id: "user_jo", name: "jo" }, t.now(), t.now() + minutes * minute),
  );

describe("what nobody takes", () => {
  it("goes from step to step, repeats while a step lasts, ends with a group and begins anew", () => {
    const t = lost();
    pass(t, 50);
    expect(calls(t)).toEqual([
      "0 min opened desk",
      "2 min updated desk",
      "4 min updated desk",
      "5 min updated boss",
      "15 min updated all-1 all-2",
      "45 min updated desk",
      "47 min updated desk",
      "49 min updated desk",
      "50 min updated boss",
    ]);
    const words = t.sentences().map((sentence) => /(Still n|N)obody has it( yet)?\.$/.exec(sentence)?.[0] ?? "");
    expect(new Set(words.slice(1, 5))).toEqual(new Set(["Nobody has it yet."]));
    expect(new Set(words.slice(5))).toEqual(new Set(["Still nobody has it."]));
    t.back(["a-0"]);
    expect(t.steps.at(-1)).toMatchObject({ tell: "resolved" });
    expect(t.steps.at(-1)).not.toHaveProperty("channels");
  });

  it("stands while somebody has it, and goes on where it stood", () => {
    const t = lost();
    pass(t, 3);
    take(t, 60);
    pass(t, 20);
    expect(t.open()[0]?.escalation?.pausedAt).not.toBeNull();
    expect(calls(t)).toHaveLength(2);
    t.byHand(t.open()[0]?.id ?? "", givenBack);
    t.restart();
    pass(t, 3);
    expect(calls(t).slice(2)).toEqual(["24 min updated desk", "25 min updated boss"]);
  });

  it("begins with the first moment in which it may be told, and stands under a silence", () => {
    const t = town({ a: 5, b: 4, c: 3, d: 3 });
    t.escalate(policy.parse(text));
    const silence = {
      id: "silence_1",
      by: "silence" as const,
      who: "jo",
      why: "Roadworks",
      devices: new Set(t.of("a")),
      rules: null,
    };
    t.mute([{ ...silence, until: t.now() + 30 * minute }]);
    t.lose(["a-0"]);
    pass(t, 34);
    expect(t.open()[0]?.escalation).toBeNull();
    pass(t, 4);
    expect(calls(t)).toEqual(["0 min opened desk", "2 min updated desk"]);
    t.mute([{ ...silence, until: t.now() + 30 * minute }]);
    pass(t, 34);
    expect(calls(t)).toHaveLength(2);
    pass(t, 4);
    expect(calls(t).slice(2)).toEqual(["39 min updated desk", "40 min updated boss"]);
  });

  it("goes on over a restart in every step", () => {
    const t = lost();
    for (let i = 0; i < 16; i++) {
      t.restart();
      pass(t, 1);
    }
    expect(calls(t)).toEqual([
      "0 min opened desk",
      "2 min updated desk",
      "4 min updated desk",
      "5 min updated boss",
      "15 min updated all-1 all-2",
    ]);
  });

  it("of lesser severity goes to everybody at once, and so does all without a policy", () => {
    const t = town({ a: 5, b: 4 });
    t.escalate(policy.parse({ ...text, severities: ["critical"] }));
    t.lose(["a-0"]);
    pass(t, 20);
    expect(calls(t)).toEqual(["0 min opened everybody"]);
    const other = lost();
    other.escalate(null);
    pass(other, 60);
    expect(calls(other)).toEqual(["0 min opened desk"]);
    expect(other.open()[0]?.escalation).toBeNull();
  });

  it("and what all are owed at the same moment are two notices", () => {
    const t = town({ a: 12, b: 4, c: 3, d: 3 });
    t.escalate(policy.parse(text));
    t.lose(t.of("a").slice(0, 8));
    pass(t, 2);
    t.lose(t.of("a").slice(8, 10));
    pass(t, 5);
    expect(calls(t).slice(-2)).toEqual(["5 min updated everybody", "5 min updated boss"]);
  });

  it("does not swallow what all are owed", () => {
    const t = town({ a: 12, b: 4, c: 3, d: 3 });
    t.escalate(
      policy.parse({
        ...text,
        steps: [
          { afterMs: 0, channels: ["desk"] },
          { afterMs: 2 * minute, channels: ["boss"] },
        ],
      }),
    );
    t.lose(t.of("a").slice(0, 8));
    pass(t, 2);
    t.lose(t.of("a").slice(8, 10));
    pass(t, 6);
    expect(calls(t)).toEqual(["0 min opened desk", "2 min updated boss", "5 min updated everybody"]);
  });
});

describe("whose week it is", () => {
  const rota = {
    timeZone: "Europe/London",
    from: "2026-03-23T09:00",
    weeks: [
      { who: "jo", channels: ["jo-phone"] },
      { who: "amy", channels: ["amy-phone"] },
    ],
  };
  it("changes at nine by the clock on the wall, also when the clocks change", () => {
    const at = (text: string) => onDuty(rota, Date.parse(text)).who;
    expect(
      ["2026-03-23T08:59Z", "2026-03-23T09:00Z", "2026-03-30T07:59Z", "2026-03-30T08:00Z", "2026-04-06T08:00Z"].map(at),
    ).toEqual(["amy", "jo", "jo", "amy", "jo"]);
    expect(onDuty(rota, Date.parse("2026-03-25T00:00Z")).until).toBe(Date.parse("2026-03-30T08:00Z"));
  });

  it("says who is told with a step", () => {
    const t = town({ a: 5, b: 4 });
    const steps: PolicyText["steps"] = [
      { afterMs: 0, rota: true },
      { afterMs: 5 * minute, channels: ["all"] },
    ];
    t.escalate(policy.parse({ steps, rota }));
    t.lose(["a-0"]);
    pass(t, 7);
    // 1 June 2026 13:00 in London is in the eleventh week.
    expect(calls(t)).toEqual(["0 min opened jo-phone", "5 min updated all"]);
  });
});

describe("a policy at the door", () => {
  const messages = (over: object) =>
    policy
      .safeParse({ ...text, ...over })
      .error?.issues.map(({ message }) => message)
      .join("; ") ?? "";
  const step = (afterMs: number, more: object = {}) => ({ afterMs, channels: ["a"], ...more });

  it.each([
    [{ steps: [step(minute)] }, /first step is at once/],
    [{ steps: [step(0), step(minute - 1)] }, /a minute after the step before/],
    [{ steps: [step(0, { channels: [] })] }, /somebody/],
    [{ steps: [step(0, { rota: true }), step(minute)] }, /there is no rota/],
    [
      {
        steps: [step(0, { rota: true })],
        rota: { timeZone: "Europe/London", from: "2026-06-01T09:00", weeks: [{ who: "jo", channels: ["a"] }] },
      },
      /last step is a group's/,
    ],
    [{ steps: Array.from({ length: escalationLimits.steps + 1 }, (_, i) => step(i * minute)) }, /./],
    [{ steps: [step(0), step(escalationLimits.mostMs + 1)] }, /./],
    [{ steps: [step(0, { channels: Array(escalationLimits.channels + 1).fill("a") })] }, /./],
    [{ steps: [step(0, { repeatEveryMs: escalationLimits.leastMs - 1 })] }, /./],
    [{ againAfterMs: escalationLimits.againLeastMs - 1 }, /./],
    [{ severities: [] }, /./],
    [{ rota: { timeZone: "Europe/London", from: "2026-06-01T09:00", weeks: [] } }, /./],
    [{ rota: { timeZone: "Mars", from: "2026-06-01T09:00", weeks: [{ who: "jo", channels: ["a"] }] } }, /IANA/],
    [{ rota: { timeZone: "UTC", from: "2026-06-31T09:00", weeks: [{ who: "jo", channels: ["a"] }] } }, /no such day/],
  ])("%j is refused", (over, words) => {
    expect(messages(over)).toMatch(words);
  });

  it("without steps is one: everybody at once", () => {
    expect(policy.parse({ steps: [] })).toMatchObject({ severities: ["critical", "major"], rota: null });
  });
});
