import { describe, expect, it } from "vitest";
import {
  awaiting,
  type Circumstances,
  decide,
  type PresenceEvent,
  type PresenceState,
  patienceMsOf,
  presenceLimits,
} from "../../../controller/registry/presence/decide.ts";

const start = 1_700_000_000_000;
const online: PresenceState = {
  ...awaiting,
  state: "online",
  since: start,
  lastSeenAt: start,
  boot: "abcdefghijklmnopqrst",
  session: 1,
  birth: {
    agent: "0.1.0",
    firmware: "f",
    hardware: { model: "m", serial: "s" },
    intervalMs: 10_000,
    config: { revision: 0, hash: "", state: "applied" },
    clock: "synced",
  },
  deadline: start + 40_000,
};

function follow(first: PresenceState, ...steps: [PresenceEvent, number, Partial<Circumstances>?][]): PresenceState {
  return steps.reduce(
    (was, [event, afterMs, about]) =>
      decide(was, event, start + afterMs, presenceLimits, {
        open: true,
        blind: false,
        tryingUntil: null,
        patienceMs: 0,
        ...about,
      }),
    first,
  );
}
const tick: PresenceEvent = { kind: "tick" };
const closed = { open: false };

describe("presence and service hours", () => {
  it("outside them a silent device sleeps since its deadline, and is not checked", () => {
    const is = follow(online, [tick, 100_000, closed]);
    expect(is).toMatchObject({ state: "sleeping", why: "hours", since: start + 40_000, deadline: null });
  });

  it("one that is offline when they end sleeps from then on", () => {
    const is = follow(online, [tick, 100_000], [tick, 200_000, closed]);
    expect(is).toMatchObject({ state: "sleeping", why: "hours", since: start + 200_000 });
  });

  it("when they begin it has two minutes; then it is checked, then offline since then", () => {
    const asleep = follow(online, [tick, 100_000, closed], [tick, 1_000_000]);
    expect(asleep).toMatchObject({ state: "sleeping", deadline: start + 1_120_000 });
    expect(follow(asleep, [tick, 1_119_000]).state).toBe("sleeping");
    expect(follow(asleep, [tick, 1_120_000])).toMatchObject({ state: "suspect", since: start + 1_120_000 });
    expect(follow(asleep, [tick, 1_130_000])).toMatchObject({ state: "offline", since: start + 1_130_000 });
    expect(follow(asleep, [tick, 1_110_000, closed])).toMatchObject({ state: "sleeping", deadline: null });
  });

  it("whoever is heard is online, whatever the hours, and forgets why it slept", () => {
    const is = follow(online, [tick, 100_000, closed], [{ kind: "contact" }, 200_000, closed]);
    expect(is).toMatchObject({ state: "online", since: start + 200_000 });
    expect(is).not.toHaveProperty("why");
  });

  it("a goodbye outside them is sleep; within them it is offline, and says so", () => {
    const bye: PresenceEvent = { kind: "stopped", boot: "abcdefghijklmnopqrst", session: 1, reason: "stopped" };
    expect(follow(online, [bye, 5_000, closed])).toMatchObject({ state: "sleeping", why: "hours" });
    expect(follow(online, [bye, 5_000])).toMatchObject({ state: "offline", why: "stopped" });
  });

  it("who said that it sleeps goes on sleeping when they begin", () => {
    const sleep: PresenceEvent = { kind: "stopped", boot: "abcdefghijklmnopqrst", session: 1, reason: "sleeping" };
    expect(follow(online, [sleep, 5_000, closed], [tick, 900_000])).toMatchObject({ why: "said", deadline: null });
  });
});

describe("presence while the controller cannot see", () => {
  const blind = { blind: true };
  it("nobody is checked or offline: not known, since their deadline", () => {
    expect(follow(online, [tick, 100_000, blind])).toMatchObject({
      state: "unknown",
      since: start + 40_000,
      deadline: null,
    });
  });

  it("who was lost just before is not known either; who was lost long before, or said goodbye, is offline", () => {
    const offline = follow(online, [tick, 100_000]);
    expect(follow(offline, [{ kind: "blinded", since: start + 50_000 }, 101_000, blind]).state).toBe("unknown");
    expect(follow(offline, [{ kind: "blinded", since: start + 60_000 }, 101_000, blind]).state).toBe("offline");
    const bye: PresenceEvent = { kind: "stopped", boot: "abcdefghijklmnopqrst", session: 1, reason: "stopped" };
    expect(follow(online, [bye, 9_000], [{ kind: "blinded", since: start }, 9_500, blind]).state).toBe("offline");
  });

  it("afterwards everybody has the time that they have after a restart", () => {
    const unknown = follow(online, [tick, 100_000, blind], [{ kind: "seeing" }, 200_000]);
    expect(unknown).toMatchObject({ state: "unknown", deadline: start + 290_000 });
    expect(follow(unknown, [tick, 289_000]).state).toBe("unknown");
    expect(follow(unknown, [tick, 290_000]).state).toBe("suspect");
    expect(follow(unknown, [tick, 300_000])).toMatchObject({ state: "offline", since: start + 300_000 });
    expect(follow(unknown, [{ kind: "contact" }, 250_000]).state).toBe("online");
  });
});

it("while a device tries what it was sent, its silence is checked, not judged; then it counts as ever", () => {
  const now = 1_700_000_000_000;
  const lost: PresenceState = { ...awaiting, state: "online", since: now, lastSeenAt: now, deadline: now + 20_000 };
  const trying = { open: true, blind: false, tryingUntil: now + 60_000, patienceMs: 0 };
  const at = (was: PresenceState, afterMs: number, circumstances = trying) =>
    decide(was, { kind: "tick" }, now + afterMs, presenceLimits, circumstances);
  const checked = at(lost, 40_000);
  expect(checked).toMatchObject({ state: "suspect", since: now + 20_000 });
  expect(at(checked, 79_000).state).toBe("suspect");
  expect(at(checked, 80_000).state).toBe("offline");
  // It went back, and is heard: nothing was ever said of it.
  expect(decide(checked, { kind: "contact" }, now + 70_000, presenceLimits, trying).state).toBe("online");
  expect(at(lost, 40_000, { ...trying, tryingUntil: null as never }).state).toBe("offline");
});

it("who hangs on a mobile line is checked for longer, and is back in time or lost as anybody", () => {
  const mobile = { patienceMs: patienceMsOf.cellular };
  const silent = follow(online, [tick, 40_000, mobile]);
  expect(silent).toMatchObject({ state: "suspect", since: start + 40_000 });
  expect(follow(silent, [tick, 100_000, mobile])).toMatchObject({ state: "suspect" });
  expect(follow(silent, [tick, 100_000, mobile], [{ kind: "contact" }, 105_000])).toMatchObject({ state: "online" });
  expect(follow(silent, [tick, 110_000, mobile])).toMatchObject({ state: "offline", since: start + 110_000 });
});
