import { describe, expect, it } from "vitest";
import { createFeed } from "../../../../controller/alert/rules/feed.ts";
import { createRulebook } from "../../../../controller/alert/rules/rulebook.ts";
import { createSelf, selfLimits } from "../../../../controller/alert/self/index.ts";
import { self as controller } from "../../../../controller/alert/self/measurement.ts";
import { createWatchdog, watchdogLimits } from "../../../../controller/alert/watchdog.ts";
import { until } from "../../../system/until.ts";
import { handClock } from "../../base/hand-clock.ts";
import { quiet } from "../../records/fresh.ts";
import { freshAlerts } from "../fresh.ts";

const minute = 60_000;

describe("the controller, by its own rules", () => {
  it("is an incident of its own when notices do not get out, and over when they do", async () => {
    const { clock, records, audit, folder, open } = await freshAlerts();
    const feed = createFeed({ usual: () => null, intervalMs: () => minute });
    const book = await createRulebook({ records, clock, audit, folder: null, changed: feed.rules });
    const alerts = open({ rules: feed });
    await alerts.start();
    book.tell();
    feed.subject(controller, { id: controller, site: "", kind: "controller", tags: [], profile: null });
    let outboxSince: number | null = null;
    const values = { lagMs: 20, queueShare: 0.01 };
    const own = createSelf({
      ...{ clock, log: quiet, dataDir: folder, certificateUntil: clock.now() + 90 * 24 * 60 * minute },
      loopLag: { takeWorstMs: () => 3 },
      ingest: () => values,
      outboxSince: () => outboxSince,
      decidedAt: alerts.decidedAt,
      sampled: feed.sampled,
    });
    own.start();
    const looks = async (many: number): Promise<void> => {
      for (let i = 0; i < many; i++) {
        const before = own.values();
        clock.pass(selfLimits.everyMs);
        await until(
          () => own.values() !== before,
          (looked) => looked,
        );
        await alerts.turn();
        await alerts.turn();
      }
    };
    await looks(8);
    expect(await alerts.list({ limit: 9 })).toEqual([]);
    expect(own.values()).toMatchObject({ loop_lag_ms: 3, ingest_lag_seconds: 0.02, queue_percent: 1 });
    expect(own.values()["disk_free_percent"]).toBeGreaterThan(0);
    outboxSince = clock.now();
    await looks(16);
    const [stuck] = await alerts.list({ limit: 9 });
    expect(stuck).toMatchObject({ rule: "own_outbox", severity: "critical", state: "open", members: [] });
    expect(stuck?.root).toEqual({ type: "controller", id: "self", name: "The controller" });
    expect(stuck?.sentence).toMatch(/^Notices do not get out: \d+ s \(limit 120 s\), since \d\d:\d\d\.$/);
    outboxSince = null;
    await looks(12);
    const all = await alerts.list({ limit: 9 });
    expect(all.map(({ state }) => state)).toEqual(["resolved"]);
    expect(all[0]?.sentence).toMatch(/^Notices do not get out: over since \d\d:\d\d after \d+ min\.$/);
    own.stop();
    await alerts.stop();
  });
});

describe("the watchdog", () => {
  function watched(over: { url?: string | null } = {}) {
    const clock = handClock();
    const calls: string[] = [];
    const world = { answer: null as string | null, blind: false, decidedAt: clock.now() };
    const watchdog = createWatchdog({
      ...{ clock, log: quiet, url: "https://watch.example/ping", ...over },
      async call(url) {
        calls.push(url);
        return world.answer;
      },
      decidedAt: () => world.decidedAt,
      isBlind: () => world.blind,
    });
    return {
      ...{ world, calls, watchdog, clock },
      async minute(): Promise<void> {
        clock.pass(watchdogLimits.everyMs);
        for (let i = 0; i < 5; i++) await Promise.resolve();
      },
    };
  }

  it("gets a sign of life a minute, but none while nobody decides or sees", async () => {
    const { world, calls, watchdog, clock, minute: pass } = watched();
    watchdog.start();
    for (let i = 0; i < 5; i++) await Promise.resolve();
    world.decidedAt = clock.now() + watchdogLimits.everyMs;
    await pass();
    expect(calls.length).toBe(2);
    expect(watchdog.view()).toEqual({ takenAt: clock.now(), problem: null });
    await pass();
    expect([calls.length, watchdog.view()?.problem]).toEqual([2, "incidents are not being decided"]);
    world.decidedAt = clock.now() + watchdogLimits.everyMs;
    world.blind = true;
    await pass();
    expect([calls.length, watchdog.view()?.problem]).toEqual([2, "the controller cannot see its devices"]);
    world.blind = false;
    world.answer = "410 Gone";
    world.decidedAt = clock.now() + watchdogLimits.everyMs;
    await pass();
    expect([calls.length, watchdog.view()?.problem]).toEqual([3, "410 Gone"]);
    await watchdog.stop();
  });

  it("is nobody where none is set", async () => {
    const { calls, watchdog, minute: pass } = watched({ url: null });
    watchdog.start();
    await pass();
    expect([calls, watchdog.view()]).toEqual([[], null]);
    await watchdog.stop();
  });
});
