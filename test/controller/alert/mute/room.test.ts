import { describe, expect, it } from "vitest";
import type { Alerts } from "../../../../controller/alert/index.ts";
import { createMutes, type MutesNeeds } from "../../../../controller/alert/mute/index.ts";
import { muteLimits } from "../../../../controller/alert/mute/limits.ts";
import type { Place } from "../../../../controller/alert/mute/now.ts";
import { newWindow, type WindowChange } from "../../../../controller/alert/mute/schema.ts";
import { freshAlerts, jo } from "../fresh.ts";

const minute = 60_000;
const hour = 60 * minute;
const settleMs = 5 * minute;

/** The alert room with silences and maintenance windows, on real records; `again` is the next process. */
async function muted() {
  const fresh = await freshAlerts();
  const places = new Map<string, Place>();
  let asked = 0;
  const registry: MutesNeeds["registry"] = {
    devices() {
      asked++;
      return [...places.values()];
    },
    device: (id) => places.get(id),
  };
  let alerts: Alerts;
  const made = () => createMutes({ ...fresh, settleMs, registry, incidents: () => alerts.open() });
  let mutes = await made();
  alerts = fresh.open({ mutes: (now) => mutes.mutes(now) });
  const place = (id: string, over: Partial<Place> = {}): void => {
    const site = id.split("-")[0] ?? null;
    places.set(id, { id, site, kind: "access-point", tags: [], profile: null, via: null, parents: [], ...over });
    mutes.deviceChanged(id);
  };
  return {
    ...fresh,
    mutes: () => mutes,
    alerts: () => alerts,
    asked: () => asked,
    place,
    site(id: string, many: number): string[] {
      const ids = fresh.site(id, many);
      for (const one of ids) place(one);
      return ids;
    },
    async pass(ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= 10_000) {
        fresh.clock.pass(Math.min(left, 10_000));
        await alerts.turn();
      }
    },
    lose(ids: readonly string[]): void {
      fresh.set(ids, "offline");
      for (const id of ids) alerts.deviceChanged(id);
    },
    back(ids: readonly string[]): void {
      fresh.set(ids, "online");
      for (const id of ids) alerts.deviceChanged(id);
    },
    /** Killed without a word; another process starts. */
    async again(): Promise<void> {
      await alerts.stop();
      mutes = await made();
      alerts = fresh.open({ mutes: (now) => mutes.mutes(now) });
      await alerts.start();
      await alerts.turn();
    },
  };
}
const window = (over: object) => newWindow.parse({ why: "New switch", scope: { sites: ["a"] }, ...over });

describe("on real records", () => {
  it("maintenance: shown, not told; a restart in the middle, and at the end: told once, after it settled", async () => {
    const t = await muted();
    await t.addChannel();
    const ids = t.site("a", 3);
    await t.again();
    const from = t.clock.now();
    await t.mutes().plan(jo, window({ when: { startAt: from, endAt: from + hour } }));
    await t.pass(minute);
    t.lose(ids);
    await t.pass(10 * minute);
    await t.again();
    const [is] = await t.alerts().list({ limit: 2 });
    expect(is).toMatchObject({
      state: "open",
      told: [],
      mutedBy: { by: "maintenance", who: "jo", why: "New switch", until: from + hour },
      members: ids.map(() => ({
        suppressedBy: "maintenance",
        suppressedWhy: "New switch",
        suppressedUntil: from + hour,
      })),
    });
    expect(t.mutes().maintenanceOf("a-0")).toMatchObject({ why: "New switch", until: from + hour });
    await t.pass(50 * minute);
    await t.again();
    expect(t.mutes().maintenanceOf("a-0")).toBeNull();
    expect(await t.outbox()).toEqual([]);
    await t.pass(5 * minute);
    expect(await t.outbox()).toEqual(["opened"]);
    const events = (await t.alerts().events(is?.id ?? "")).map(({ kind }) => kind);
    expect(events).toEqual(["opened", "muted", "unmuted", "told"]);
    t.back(ids);
    await t.pass(minute);
    expect(await t.outbox()).toEqual(["opened", "resolved"]);
  });

  it("over while nothing ran, and settled: told in the first turn", async () => {
    const t = await muted();
    await t.addChannel();
    const [one = ""] = t.site("a", 3);
    await t.again();
    await t
      .mutes()
      .silence(jo, { scope: { devices: [one] }, rules: [], endAt: t.clock.now() + hour, why: "Roadworks" });
    t.lose([one]);
    await t.pass(5 * minute);
    await t.alerts().stop();
    t.clock.pass(3 * hour);
    await t.again();
    expect(await t.outbox()).toEqual(["opened"]);
  });

  it("a silence that is ended by hand: told after it settled; prolonged: later", async () => {
    const t = await muted();
    await t.addChannel();
    const [one = ""] = t.site("a", 3);
    await t.again();
    const wish = { scope: { tags: ["roadworks"] }, rules: [], endAt: t.clock.now() + 10 * minute, why: "Roadworks" };
    const made = await t.mutes().silence(jo, wish);
    // It comes under it only now.
    t.place(one, { tags: ["roadworks"] });
    t.lose([one]);
    await t.pass(9 * minute);
    await t.mutes().changeSilence(jo, made.id, { endAt: t.clock.now() + hour }, 1);
    await t.pass(30 * minute);
    expect(await t.outbox()).toEqual([]);
    await t.mutes().end(jo, "silence", made.id);
    await t.pass(5 * minute - 10_000);
    expect(await t.outbox()).toEqual([]);
    await t.pass(20_000);
    expect(await t.outbox()).toEqual(["opened"]);
    await expect(t.mutes().end(jo, "silence", made.id)).rejects.toMatchObject({ code: "over" });
    expect((await t.audit.list({ limit: 9 })).map(({ action }) => action)).toEqual([
      "silence.ended",
      "silence.changed",
      "silence.made",
      "channel.created",
    ]);
  });

  it("what is done to a gateway is done to all that is reached through it", async () => {
    const t = await muted();
    t.site("a", 1);
    t.place("gw", { kind: "gateway", site: "b" });
    t.place("sensor-1", { kind: "sensor", site: "c", via: "gw" });
    t.place("sensor-2", { kind: "sensor", site: "c", via: "sensor-1" });
    const from = t.clock.now();
    const when = { startAt: from, endAt: from + hour };
    await t.mutes().plan(jo, window({ scope: { devices: ["gw"] }, when }));
    const inIt = ["a-0", "gw", "sensor-1", "sensor-2"].map((id) => t.mutes().maintenanceOf(id) !== null);
    expect(inIt).toEqual([false, true, true, true]);
    // Of two ways one is enough.
    t.place("sensor-3", { kind: "sensor", site: "c", parents: [["gw", "a-0"]] });
    t.place("sensor-4", { kind: "sensor", site: "c", parents: [["a-0"], ["gw", "sensor-1"]] });
    expect(["sensor-3", "sensor-4"].map((id) => t.mutes().maintenanceOf(id) !== null)).toEqual([false, true]);
    const told: string[] = [];
    t.mutes().watch((device) => told.push(device));
    t.clock.pass(hour);
    expect(t.mutes().maintenanceOf("gw")).toBeNull();
    expect(told).toEqual(["gw", "sensor-1", "sensor-2", "sensor-4"]);
    // A circle ends.
    t.place("gw", { kind: "gateway", site: "b", via: "sensor-2" });
    expect(t.mutes().maintenanceOf("a-0")).toBeNull();
  });

  it("nobody is matched again while nothing changed", async () => {
    const t = await muted();
    const ids = t.site("a", 5);
    const from = t.clock.now();
    await t.mutes().plan(
      jo,
      window({
        when: { first: "2026-06-01T13:00", rrule: "FREQ=DAILY", durationMs: hour, timeZone: "Europe/London" },
      }),
    );
    const first = t.mutes().mutes(from);
    const before = t.asked();
    for (let i = 0; i < 1_000; i++) {
      t.mutes().deviceChanged(ids[0] ?? "");
      expect(t.mutes().mutes(from + i)).toBe(first);
    }
    expect(t.asked()).toBe(before);
    expect(first).toHaveLength(1);
    expect(t.mutes().mutes(from + hour + settleMs)).toEqual([]);
    expect(t.mutes().mutes(from + 24 * hour)).toHaveLength(1);
  });
});

describe("what people may do", () => {
  it("a window that has begun keeps what it is: why and sla may be changed, and it may be ended, not removed", async () => {
    const t = await muted();
    const from = t.clock.now();
    const when = { startAt: from + hour, endAt: from + 2 * hour };
    const { id } = await t.mutes().plan(jo, window({ when }));
    const change = (wish: WindowChange, seen?: number) => t.mutes().changeWindow(jo, id, wish, seen);
    await expect(change({ why: "Other" }, 7)).rejects.toMatchObject({ kind: "stale" });
    expect(await change({ scope: { sites: ["b"] } }, 1)).toMatchObject({ version: 2, scope: { sites: ["b"] } });
    await expect(change({ scope: {} })).rejects.toThrow(/everything/);
    await expect(change({ when: { startAt: from - 5 * hour, endAt: from - hour } })).rejects.toThrow(/over already/);
    t.clock.pass(hour);
    await expect(change({ scope: { sites: ["a"] } })).rejects.toMatchObject({ code: "begun" });
    await expect(t.mutes().remove(jo, id)).rejects.toMatchObject({ code: "begun" });
    expect(await change({ sla: "count" })).toMatchObject({ sla: "count" });
    await t.mutes().end(jo, "maintenance", id);
    expect(t.mutes().live("maintenance")).toEqual([]);
    expect(await t.mutes().list("maintenance", { limit: 5, over: true })).toMatchObject([{ id, endedAt: from + hour }]);
    const other = await t.mutes().plan(jo, window({ when: { startAt: from + 3 * hour, endAt: from + 4 * hour } }));
    await t.mutes().remove(jo, other.id);
    await expect(t.mutes().of("maintenance", other.id)).rejects.toMatchObject({ kind: "not-found" });
    await expect(t.mutes().of("silence", id)).rejects.toMatchObject({ kind: "not-found" });
  });

  it("times are bounded, and so is how many there are", async () => {
    const t = await muted();
    const now = t.clock.now();
    const silence = (endAt: number) =>
      t.mutes().silence(jo, { scope: { sites: ["a"] }, rules: [], why: "Demo", endAt });
    await expect(silence(now + muteLimits.silenceMs + 1)).rejects.toThrow(/30 days/);
    await expect(silence(now)).rejects.toThrow(/30 days/);
    const plan = (startAt: number) => t.mutes().plan(jo, window({ when: { startAt, endAt: startAt + hour } }));
    await expect(plan(now + muteLimits.aheadMs + 1)).rejects.toThrow(/within 5 years/);
    await expect(plan(now - 25 * hour)).rejects.toThrow(/at most a day ago/);
    for (let i = 0; i < muteLimits.live; i++) await silence(now + hour);
    await expect(silence(now + hour)).rejects.toMatchObject({ code: "too-many" });
    // Those that are over make room.
    t.clock.pass(hour + 1);
    await silence(t.clock.now() + hour);
    await t.again();
    expect(t.mutes().live("silence")).toHaveLength(1);
  });

  it("a silence that was just made is taken back: what it held is told at once, and nothing of it is left", async () => {
    const t = await muted();
    await t.addChannel();
    const [one = ""] = t.site("a", 6);
    await t.alerts().start();
    t.lose([one]);
    await t.mutes().silence(jo, { scope: { devices: [one] }, rules: [], endAt: t.clock.now() + hour, why: "oops" });
    await t.pass(minute);
    expect(await t.outbox()).toEqual([]);
    const [silence] = t.mutes().live("silence");
    await t.mutes().takeBack(jo, silence?.id ?? "");
    await t.pass(20_000);
    expect(await t.outbox()).toEqual(["opened"]);
    expect(await t.mutes().list("silence", { over: false, limit: 10 })).toEqual([]);
    const late = await t
      .mutes()
      .silence(jo, { scope: { sites: ["a"] }, rules: [], endAt: t.clock.now() + hour, why: "x" });
    await t.pass(muteLimits.takeBackMs + 10_000);
    await expect(t.mutes().takeBack(jo, late.id)).rejects.toThrow("end it instead");
    await expect(t.mutes().takeBack(jo, "silence_none")).rejects.toThrow("silence");
  });

  it("those that have been over for long are gone with the next one, those that are only over are kept", async () => {
    const t = await muted();
    const silence = (why: string) =>
      t.mutes().silence(jo, { scope: { sites: ["a"] }, rules: [], endAt: t.clock.now() + hour, why });
    const kept = async () => (await t.mutes().list("silence", { over: false, limit: 10 })).map(({ why }) => why);
    await silence("long ago");
    t.clock.pass(muteLimits.keptMs - hour);
    await silence("lately");
    expect(await kept()).toEqual(["lately", "long ago"]);
    t.clock.pass(3 * hour + 86_400_000);
    await silence("now");
    expect(await kept()).toEqual(["now", "lately"]);
  });
});
