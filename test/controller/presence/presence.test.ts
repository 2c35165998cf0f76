import fc from "fast-check";
import { beforeEach, describe, expect, it, test } from "vitest";
import type { Birth, Presence as Message } from "#wire";
import { shownAs } from "../../../controller/alert/index.ts";
import {
  awaiting,
  decide,
  type PresenceEvent,
  type PresenceState,
  presenceLimits,
} from "../../../controller/registry/presence/decide.ts";
import { createPresence, type Presence } from "../../../controller/registry/presence/index.ts";
import { type HandClock, handClock } from "../base/hand-clock.ts";

const boot = "abcdefghijklmnopqrst";
const birth = (session: number, over: Partial<Birth> = {}): Birth => ({
  v: 1,
  online: true,
  boot,
  session,
  at: 5,
  upMs: 5,
  clock: "synced",
  agent: "0.1.0",
  hardware: { model: "m", serial: "s" },
  firmware: "f",
  intervalMs: 10_000,
  config: { revision: 0, hash: "", state: "applied" },
  seq: 0,
  total: 0,
  unfinished: [],
  spool: { batches: 0, points: 0, bytes: 0, held: [] },
  ...over,
});

describe("presence", () => {
  let clock: HandClock;
  let presence: Presence;
  let changes: string[];
  let heard: Record<string, number>[];
  let saved: Map<string, PresenceState>;
  const make = () =>
    createPresence({
      clock,
      records: {
        load: async () => saved,
        save: async (states) => {
          for (const [device, state] of states) saved.set(device, state);
        },
        forget: async (device) => void saved.delete(device),
      },
      born: () => {},
      stated: () => {},
      heard: (devices) => heard.push(devices),
      changed: (device, is, was) =>
        changes.push(`${device}: ${was.state} → ${is.state} at ${(is.since ?? 0) - 1_700_000_000_000}`),
      failed: (error) => {
        throw error;
      },
    });
  beforeEach(async () => {
    clock = handClock(1_700_000_000_000);
    changes = [];
    heard = [];
    saved = new Map();
    presence = make();
    await presence.start();
  });

  it("keeps nothing of a device that was removed: neither what was saved, nor what was just being saved", async () => {
    presence.presence("ap-1", birth(1));
    clock.pass(5_000);
    await expect.poll(() => saved.has("ap-1")).toBe(true);
    presence.contact("ap-1");
    clock.pass(5_000);
    presence.forget("ap-1");
    await presence.stop();
    expect([...saved.keys()]).toEqual([]);
    expect(presence.of("ap-1").state).toBe("awaiting");
  });

  it("believes no interval that would make a device look alive for ever", () => {
    presence.presence("ap-1", birth(1, { intervalMs: Number.MAX_SAFE_INTEGER }));
    clock.pass(15 * 60_000 - 1);
    expect(presence.of("ap-1").state).toBe("online");
    clock.pass(11_000);
    expect(presence.of("ap-1").state).toBe("offline");
  });

  it("goes online at birth, checking at the deadline, offline 10 s later; flips carry the deadline's time", () => {
    presence.presence("ap-1", birth(1));
    clock.pass(39_000);
    expect(presence.of("ap-1").state).toBe("online");
    clock.pass(1_500);
    expect(presence.of("ap-1").state).toBe("suspect");
    clock.pass(20_000);
    expect(changes).toEqual([
      "ap-1: awaiting → online at 0",
      "ap-1: online → suspect at 40000",
      "ap-1: suspect → offline at 50000",
    ]);
  });

  it("counts devices by state, as people see them where that is another one", () => {
    for (const device of ["ap-1", "ap-2"]) presence.presence(device, birth(1));
    clock.pass(51_000);
    presence.presence("ap-3", birth(1));
    const all = ["ap-1", "ap-2", "ap-3", "ap-4"];
    expect(presence.tally(all)).toMatchObject({ offline: 2, online: 1, awaiting: 1, maintenance: 0 });
    const shown = presence.tally(all, (device, state) => shownAs(state, device !== "ap-2"));
    expect(shown).toMatchObject({ offline: 1, online: 1, awaiting: 1, maintenance: 1 });
  });

  it("tells who was heard, together, and only news", () => {
    presence.presence("ap-1", birth(1));
    presence.presence("ap-2", birth(1));
    clock.pass(2_000);
    presence.contact("ap-1");
    clock.pass(20_000);
    expect(heard).toEqual([{ "ap-1": 1_700_000_002_000, "ap-2": 1_700_000_000_000 }]);
  });

  it("any message is contact, and brings a suspect back without a word in between", () => {
    presence.presence("ap-1", birth(1));
    clock.pass(41_000);
    presence.contact("ap-1");
    expect(changes.slice(1)).toEqual(["ap-1: online → suspect at 40000", "ap-1: suspect → online at 41000"]);
    clock.pass(39_000);
    expect(presence.of("ap-1").state).toBe("online");
  });

  it("a broken connection leaves 20 s to come back", () => {
    presence.presence("ap-1", birth(1));
    presence.presence("ap-1", { v: 1, online: false, boot, session: 1 });
    presence.disconnected("ap-1");
    clock.pass(19_000);
    expect(presence.of("ap-1").state).toBe("online");
    presence.presence("ap-1", birth(2));
    clock.pass(39_000);
    expect(presence.of("ap-1").state).toBe("online");
  });

  it("a will of an older session or boot says nothing", () => {
    presence.presence("ap-1", birth(2));
    const stale: Message[] = [
      { v: 1, online: false, boot, session: 1 },
      { v: 1, online: false, boot: "zzzzzzzzzzzzzzzzzzzz", session: 2 },
      { v: 1, online: false, boot, session: 1, at: 1, reason: "stopped" },
    ];
    for (const message of stale) presence.presence("ap-1", message);
    clock.pass(25_000);
    expect(presence.of("ap-1").state).toBe("online");
  });

  it("a clean stop is offline at once; sleeping is not silence until it should have woken", () => {
    presence.presence("ap-1", birth(1));
    presence.presence("ap-1", { v: 1, online: false, boot, session: 1, at: 1, reason: "stopped" });
    expect(presence.of("ap-1").state).toBe("offline");
    presence.presence("s-1", birth(1));
    presence.presence("s-1", { v: 1, online: false, boot, session: 1, at: 1, reason: "sleeping", wakeInMs: 600_000 });
    clock.pass(630_000);
    expect(presence.of("s-1").state).toBe("sleeping");
    clock.pass(30_000);
    expect(presence.of("s-1").state).toBe("offline");
  });

  it("a restart of the controller accuses nobody for the time it was away", async () => {
    presence.presence("ap-1", birth(1));
    await presence.stop();
    clock.pass(3_600_000);
    presence = make();
    await presence.start();
    expect(presence.of("ap-1")).toMatchObject({ state: "online", boot });
    clock.pass(89_000);
    expect(presence.of("ap-1").state).toBe("online");
    clock.pass(15_000);
    expect(presence.of("ap-1").state).toBe("offline");
  });

  it("never goes offline within the deadline of a contact, and always does after it, whatever came before", () => {
    const events: fc.Arbitrary<PresenceEvent> = fc.oneof(
      fc.integer({ min: 1, max: 3 }).map((session) => ({ kind: "birth" as const, birth: birth(session) })),
      fc.constant({ kind: "contact" as const }),
      fc.integer({ min: 1, max: 3 }).map((session) => ({ kind: "will" as const, boot, session })),
      fc.constant({ kind: "disconnected" as const }),
      fc.constant({ kind: "tick" as const }),
      fc.constant({ kind: "restarted" as const }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(events, fc.integer({ min: 0, max: 60_000 }))), (timeline) => {
        let state = awaiting;
        let now = 0;
        for (const [event, wait] of timeline) {
          now += wait;
          state = decide(state, event, now, presenceLimits);
        }
        state = decide(state, { kind: "birth", birth: birth(9) }, now, presenceLimits);
        expect(decide(state, { kind: "tick" }, now + 39_999, presenceLimits).state).toBe("online");
        expect(decide(state, { kind: "tick" }, now + 50_000, presenceLimits).state).toBe("offline");
      }),
    );
  });
});

test("when a boot began is told by our clock; of one boot its earliest word counts", () => {
  const at = (was: PresenceState, upMs: number, now: number, of = boot) =>
    decide(was, { kind: "birth", birth: birth(1, { upMs, boot: of }) }, now, presenceLimits);
  const first = at(awaiting, 1_000, 10_000);
  expect(first.bootAt).toBe(9_000);
  // The same boot, over a slow line.
  expect(at(first, 3_000, 15_000).bootAt).toBe(9_000);
  expect(at(first, 500, 20_000, "bcdefghijklmnopqrstu").bootAt).toBe(19_500);
});
