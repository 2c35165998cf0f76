import { describe, expect, it } from "vitest";
import { rolloutWishOf, usualRollout } from "../../dashboards/web/src/rollout-draft.ts";
import {
  changeWords,
  deviceWords,
  type Rolled,
  rolloutSentence,
  rolloutTimes,
} from "../../dashboards/web/src/rollout-words.ts";

const counts = { all: 40, waiting: 35, away: 0, underWay: 0, done: 5, failed: 0, skipped: 0 };
const at = Date.parse("2026-11-28T10:00:00Z");
const rolled = (more: Partial<Rolled> = {}): Rolled => ({
  status: "running",
  why: null,
  wave: 1,
  waves: 4,
  counts,
  createdAt: at,
  endedAt: null,
  ...more,
});

describe("what people read of a rollout", () => {
  it("is one sentence: where it is, how many, and what it waits for", () => {
    expect(rolloutSentence(rolled({ why: "wave 2: 3 of 8 still to come" }))).toBe(
      "Wave 2, 2 of 4: 5 of 40 devices took it. Wave 2: 3 of 8 still to come.",
    );
    expect(rolloutSentence(rolled({ status: "halted", wave: 0, why: "1 device failed; it stops at 1" }))).toBe(
      "Stopped by itself in canary: 5 of 40 devices took it. 1 device failed; it stops at 1. Nobody new gets it until you decide.",
    );
    expect(rolloutSentence(rolled({ status: "done", why: "39 took it, 1 left out" }))).toBe(
      "Done: 39 took it, 1 left out.",
    );
  });

  it("of a device, a few words with the reason", () => {
    const one = { phase: "waiting", back: null, why: null, isAway: false, heldBy: null } as const;
    expect(deviceWords(one).text).toBe("to come");
    expect(deviceWords({ ...one, heldBy: "outside 01:00 to 05:00" }).text).toBe("waits: outside 01:00 to 05:00");
    expect(deviceWords({ ...one, isAway: true }).text).toBe("waits: it is away");
    expect(deviceWords({ ...one, phase: "failed", why: "no word within 30 min", back: "written" }).text).toBe(
      "failed: no word within 30 min, went back",
    );
  });

  it("of numbers, before and since with the unit; of what nobody measured, that", () => {
    const group = { devices: 12, before: 90.123, after: 78.9, change: -11.2 };
    expect(changeWords(group, "%")).toBe("90.1 % before, 78.9 % since (12 devices; usually -11.2 %)");
    expect(changeWords({ devices: 0, before: null, after: null, change: null }, "%")).toBe("not measured");
    expect(rolloutTimes(rolled({ endedAt: at + 38 * 60_000 }), at)).toMatch(/ \(38 min\)$/);
  });

  it("asks for what was typed, and for nothing where nothing was", () => {
    const change = { select: { all: true as const }, patch: { agent: { intervalMs: 45_000 } }, trialMs: 60_000 };
    expect(rolloutWishOf(usualRollout, change)).toEqual({
      ...change,
      title: "New settings",
      settings: { gate: { soakMs: 600_000 }, abort: { failures: 3 }, onHalt: "stop" },
    });
    const night = { ...usualRollout, from: "01:00", to: "05:00", busyAbove: "5", backAtHalt: true };
    expect(rolloutWishOf(night, { ...change, message: " Calmer " })).toMatchObject({
      title: "Calmer",
      settings: { window: { from: "01:00", to: "05:00" }, busyAbove: 5, onHalt: "return" },
    });
  });
});
