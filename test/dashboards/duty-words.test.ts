import { describe, expect, it } from "vitest";
import type { EscalationPolicy } from "../../dashboards/web/src/api.ts";
import {
  haveSentence,
  howMany,
  memberQuiet,
  nextSentence,
  quietSentence,
} from "../../dashboards/web/src/duty-words.ts";

const now = Date.UTC(2026, 10, 28, 12, 0);
const at = { now, zone: "Europe/London" };
const hour = 3_600_000;
const sam = { id: "user_sam", name: "sam" };

describe("who has it", () => {
  it.each([
    [{}, "Nobody has taken it yet."],
    [{ ackedBy: "jo", ackedUntil: now + 4 * hour }, "jo has it until 16:00."],
    [{ ackedBy: "me", ackedUntil: now + 4 * hour }, "You have it until 16:00."],
    [{ ackedBy: "jo", ackedUntil: now + 20 * hour }, "jo has it until 29 Nov, 08:00."],
    [{ ackedBy: "jo" }, "jo has it."],
    [{ ackedBy: "jo", assignee: sam }, "jo has it. It is sam's."],
    [{ ackedBy: "sam", assignee: sam }, "sam has it."],
    [{ assignee: sam }, "It is sam's, but not taken yet."],
    [{ assignee: { id: "user_me", name: "me" } }, "It is yours, but not taken yet."],
    [{ state: "resolved", ackedBy: "jo" }, "jo had it."],
    [{ state: "resolved" }, ""],
  ] as const)("%#", (over, text) => expect(haveSentence({ state: "open", ...over }, "me", at)).toBe(text));
});

describe("why it is quiet", () => {
  const muted = { id: "silence_1", by: "silence", who: "jo", why: "works on the mast" } as const;
  it("until when, by whom and why", () => {
    expect(quietSentence({ ...muted, until: now + 2 * hour }, at)).toBe(
      "Quiet until 14:00 (silence by jo: works on the mast).",
    );
    expect(quietSentence(undefined, at)).toBe("");
  });
  it("and after its end, while that settles", () =>
    expect(quietSentence({ ...muted, until: now - 60_000 }, at)).toBe(
      "Quiet for a few minutes more (silence by jo: works on the mast, over since 11:59); then it is told if it still lasts.",
    ));
  const member = {
    device: "ap-1",
    name: "Demo 1",
    rule: "device_down",
    state: "down",
    since: now,
    backAt: null,
  } as const;
  it.each([
    [{}, ""],
    [{ suppressedBy: "topology" }, "out of reach with what it is behind"],
    [
      { suppressedBy: "maintenance", suppressedWhy: "new switch", suppressedUntil: now + hour },
      "quiet until 13:00 (maintenance: new switch)",
    ],
  ])("of a device %#", (over, text) => expect(memberQuiet({ ...member, ...over }, at)).toBe(text));
});

describe("who is next", () => {
  const step = { afterMs: 0, repeatEveryMs: null };
  const policy: EscalationPolicy = {
    severities: ["critical"],
    steps: [
      { ...step, channels: ["desk"], rota: true },
      { ...step, afterMs: hour, channels: ["boss", "all"], rota: false },
    ],
    againAfterMs: hour,
    rota: null,
  };
  const names: Record<string, string> = { desk: "Duty mail", boss: "Supervisor", all: "Everybody" };
  const around = { policy, nameOf: (id: string) => names[id] ?? "?", now };
  const next = (nextStep: number, nextAt: number | null, over: object = {}) => ({
    ...{ state: "open" as const, escalation: { nextStep, nextAt, round: 0 } },
    ...over,
  });
  it.each([
    [next(2, now + 720_000), "Next in 12 min: Supervisor, Everybody (step 2 of 2)."],
    [next(1, now + 720_000), "Next in 12 min: whoever is on duty, Duty mail (step 1 of 2, from the beginning again)."],
    [next(2, now), "Next, any moment: Supervisor, Everybody (step 2 of 2)."],
    [next(2, null, { ackedBy: "jo" }), "Until then nobody else is told."],
    [next(2, null), ""],
    [next(2, now, { state: "resolved" }), ""],
    [{ state: "open" as const }, ""],
  ])("%#", (incident, text) => expect(nextSentence(incident, around)).toBe(text));
  it("without names to who may not see them", () =>
    expect(nextSentence(next(2, now + 720_000), { ...around, policy: null })).toBe("Next in 12 min: step 2."));
});

it("how many devices", () => {
  const member = (state: "down" | "back") =>
    ({ device: "ap-1", name: "Demo 1", rule: "device_down", state, since: now, backAt: null }) as const;
  expect(howMany({ state: "open", members: [member("down"), member("back")] })).toBe("1 of 2 devices");
  expect(howMany({ state: "open", members: [member("down")] })).toBe("1 device");
  expect(howMany({ state: "resolved", members: [member("back"), member("back")] })).toBe("2 devices");
  expect(howMany({ state: "open", members: [] })).toBe("");
});
