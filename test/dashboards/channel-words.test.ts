import { describe, expect, it } from "vitest";
import { deliverySentence, heldSentence } from "../../dashboards/web/src/channel-words.ts";
import { noticeSentence } from "../../dashboards/web/src/incident-words.ts";

const now = Date.UTC(2026, 5, 1, 12);
const nothing = { waiting: 0, held: 0, heldUntil: null, dead: 0, missed: 0 };

describe("what people read of a channel", () => {
  it.each([
    [{ critical: "now", major: "now", warning: "now", info: "now" }, "Everything at once."],
    [
      { critical: "now", major: "hours", warning: "digest", info: "digest" },
      "P1 at once. P2 at once in working hours, else in the digest at 08:00. P3 and P4 in the digest at 08:00.",
    ],
    [{ critical: "now", major: "never", warning: "never", info: "never" }, "P1 at once. P2, P3 and P4 not at all."],
  ] as const)("%j", (when, sentence) => {
    expect(deliverySentence({ when, digestAt: "08:00" })).toBe(sentence);
  });

  it("what lies with it, and what it missed", () => {
    expect(heldSentence(nothing, now, "Europe/London")).toBe("");
    const held = { waiting: 3, held: 1, heldUntil: now + 19 * 3_600_000, dead: 1, missed: 2 };
    expect(heldSentence(held, now, "Europe/London")).toBe(
      "2 notices on the way. 1 notice waits for the digest at 2 Jun, 08:00. 1 notice given up in the last 90 days. Added while 2 incidents were open: it hears nothing of those.",
    );
  });

  it("why one was told and another was not", () => {
    const told = { name: "Duty", kind: "opened", attempts: 0, answer: null };
    expect(noticeSentence({ ...told, outcome: "skipped", answer: "P3 is not for this channel" }).text).toBe(
      "Duty was not told the beginning (P3 is not for this channel).",
    );
    expect(noticeSentence({ ...told, outcome: "waiting", waitsFor: "digest" }).text).toBe(
      "Duty is told the beginning with the next digest.",
    );
    expect(noticeSentence({ ...told, outcome: "sent", insteadOf: "channel_x" }).text).toBe(
      "Duty was told the beginning, because another channel could not be.",
    );
  });
});
