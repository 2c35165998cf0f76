import { expect, it } from "vitest";
import type { Incident } from "../../dashboards/web/src/api.ts";
import { standingsOf } from "../../dashboards/web/src/told-words.ts";

const now = Date.UTC(2026, 10, 28, 12, 0);
const at = { now, zone: "Europe/London" };
const base: Parameters<typeof standingsOf>[0] = { told: [], state: "open", openedAt: now - 60_000 };
const told = (outcome: string, over: Partial<Incident["told"][number]> = {}) => ({
  ...{ channel: "channel_1", name: "Duty mail", kind: "opened", at: now, outcome, answer: null, attempts: 0 },
  ...over,
});
const channels = [{ id: "channel_1", name: "Duty mail", createdAt: 0 }];
const mutedBy = { id: "silence_1", by: "silence", who: "jo", why: "works", until: now + 3_600_000 } as const;
const escalation = { nextStep: 2, nextAt: now, round: 0 };

it.each([
  [{ told: [told("sent", { answer: "250 OK" })] }, "told", "12:00 (250 OK)"],
  [{ told: [told("sent"), told("dead", { kind: "resolved" })] }, "told", "12:00"],
  [{ told: [told("dead", { answer: "404" })] }, "failed", "given up (404)"],
  [{ told: [told("skipped", { answer: "P3 is not for this channel" })] }, "not", "P3 is not for this channel"],
  [{ told: [told("waiting")] }, "coming", "any moment"],
  [{ told: [told("waiting", { waitsFor: "digest", due: now + 3_600_000 })] }, "coming", "with the next digest, 13:00"],
  [
    { told: [told("waiting", { attempts: 2, answer: "no answer", due: now })] },
    "failed",
    "is tried again, 12:00 (no answer)",
  ],
  [{ mutedBy }, "not", "quiet until 13:00: works"],
  [{ mutedBy: { ...mutedBy, until: now } }, "not", "quiet for a few minutes more: works"],
  [{ mutedBy, state: "resolved" as const }, "not", "it was quiet: works"],
  [{ escalation }, "not", "its turn has not come"],
  [{ openedAt: -1 }, "not", "added after it began"],
  [{}, "not", "not yet: what belongs together is told together"],
  [{ state: "resolved" as const }, "not", "over before anybody was told"],
])("one channel %#", (over, is, text) =>
  expect(standingsOf({ ...base, ...over }, channels, at)).toEqual([
    { channel: "channel_1", name: "Duty mail", is, text },
  ]),
);

it("names a channel that was removed since", () =>
  expect(standingsOf({ ...base, told: [told("sent", { channel: "gone", name: null })] }, [], at)).toMatchObject([
    { name: "A removed channel", is: "told" },
  ]));
